#include <memory>
#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "collection_choice.h"
#include "terminal.h"
#include "verbs.h"

namespace akin::cli {
namespace {

struct Options {
  std::string collection;
  bool mend = false;
};

nlohmann::json json_of(const DoctorReport& report, const std::string& folder) {
  nlohmann::json findings = nlohmann::json::array();
  for (const DoctorFinding& finding : report.findings) findings.push_back({{"what", finding.what}, {"remedy", finding.remedy}});
  return {{"collection", folder},    {"is_whole", report.is_whole()}, {"findings", findings},   {"notes", report.notes},
          {"mended", report.mended}, {"n_waiting", report.n_waiting}, {"n_lost", report.n_lost}};
}

void print_report(const DoctorReport& report, const std::string& folder) {
  for (const DoctorFinding& finding : report.findings) {
    print(yellow("damage ") + shown_path(finding.what) + "\n");
    if (!finding.remedy.empty()) print("       " + std::string(report.mended ? "mended: " : "--mend: ") + finding.remedy + "\n");
  }
  for (const std::string& note : report.notes) print(dim("note   " + shown_path(note)) + "\n");
  if (report.n_waiting > 0) print(grouped(report.n_waiting) + " documents are read and embedded again by the next 'akin index'\n");
  if (report.n_lost > 0)
    print(grouped(report.n_lost) + " documents, or their vectors, came without a file and are lost; a backup may have them\n");
  const std::string end = report.is_whole() ? "whole" : report.mended ? "mended" : "damaged; 'akin doctor --mend' mends what can be";
  print(shown_path(folder) + ": " + bold(end) + "\n");
}

int run(const Options& options, const Common& common, Context& context) {
  const std::filesystem::path folder = collection_to_read(options.collection);
  const DoctorReport report = options.mend ? mend_collection(folder, context) : examine_collection(folder, context);
  if (common.json) {
    print_json(json_of(report, folder.string()));
  } else {
    print_report(report, folder.string());
  }
  return report.is_whole() || (report.mended && report.n_lost == 0) ? 0 : 1;
}

}  // namespace

Run add_doctor(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  verb.add_option("-c,--collection", options->collection, "The collection's folder; default: .akin here or above")->type_name("DIR");
  verb.add_flag("--mend", options->mend, "Mend what can be mended");
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
