#include <memory>
#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "terminal.h"
#include "verbs.h"

namespace akin::cli {
namespace {

struct Options {
  std::vector<std::string> models;
  PullOptions pull;
};

nlohmann::json json_of(const PullReport& report) {
  nlohmann::json files = nlohmann::json::array();
  for (const PulledFile& f : report.files)
    files.push_back({{"name", f.name}, {"size", f.size}, {"state", f.state}, {"checked", f.checked}});
  return {{"name", report.name},
          {"revision", report.revision},
          {"commit", report.commit},
          {"path", report.folder.string()},
          {"files", files},
          {"left_out", report.left_out},
          {"n_bytes_fetched", report.n_bytes_fetched},
          {"seconds", report.seconds}};
}

void print_report(const PullReport& report) {
  Table table{{"size", "state", "hash", "file"}, {}};
  for (const PulledFile& f : report.files)
    table.rows.push_back({bytes_text(f.size), f.state, f.checked ? "checked" : f.state == "there" ? "" : "none given", f.name});
  print(table.text());
  if (!report.left_out.empty()) {
    std::string list;
    for (const std::string& name : report.left_out) list += (list.empty() ? "" : ", ") + name;
    print("left out, as akin does not read them: " + list + "\n");
  }
  print(bold(report.name) + " at " + report.commit.substr(0, 12) + ": " + bytes_text(report.n_bytes_fetched) + " fetched in " +
        seconds_text(report.seconds) + "; use it as --model " + report.name + "\n");
}

int run(const Options& options, const Common& common, Context& context) {
  for (const std::string& model : options.models) {
    const PullReport report = pull_model(model, options.pull, context);
    if (common.json) {
      print_json_line(json_of(report));
    } else {
      print_report(report);
    }
  }
  return 0;
}

}  // namespace

Run add_pull(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  verb.add_option("models", options->models, "Names on the Hub: org/model")->type_name("MODEL")->required();
  verb.add_option("--revision", options->pull.revision, "A branch, a tag or a commit")->capture_default_str()->type_name("REV");
  verb.add_option("--include", options->pull.include, "Only files of this pattern (*, ?); default: those that akin reads")
      ->type_name("PATTERN")
      ->expected(1)
      ->take_all();
  verb.add_option("--exclude", options->pull.exclude, "No files of this pattern")->type_name("PATTERN")->expected(1)->take_all();
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
