#include "index_report.h"

#include <filesystem>
#include <map>

#include "collection_choice.h"
#include "cost.h"
#include "terminal.h"

namespace akin::cli {

namespace fs = std::filesystem;

namespace {

// More than these are told by their reasons.
constexpr std::size_t kListedRefusals = 20;

std::string formats_text(const std::map<std::string, std::size_t>& formats) {
  std::string text;
  for (const auto& [format, n] : formats) text += (text.empty() ? "" : ", ") + grouped(n) + " " + format;
  return text;
}

/// "nothing cut", or what the model did not read.
std::string cut_text(const IndexReport& report) {
  if (report.n_chunks_cut == 0) return "nothing cut";
  return yellow(grouped(report.n_chunks_cut) + (report.n_chunks_cut == 1 ? " chunk" : " chunks")) + " of " +
         grouped(report.n_documents_cut) + (report.n_documents_cut == 1 ? " document" : " documents") + " cut, " +
         grouped(report.n_tokens_dropped) + (report.n_tokens_dropped == 1 ? " token" : " tokens") + " dropped";
}

void print_refused(const std::vector<Refusal>& refused) {
  if (refused.size() <= kListedRefusals) {
    for (const Refusal& r : refused) print(yellow("refused ") + shown_path(r.reason) + "\n");
    return;
  }
  for (const RefusalKind& kind : refusals_by_reason(refused))
    print(yellow("refused ") + grouped(kind.n_files) + (kind.n_files == 1 ? " file: " : " files: ") + shown_path(kind.reason) + " (" +
          shown_path(kind.example) + (kind.n_files == 1 ? "" : ", …") + ")\n");
  print("--json lists every refused file\n");
}

}  // namespace

nlohmann::json json_of(const IndexReport& report, const CollectionInfo& info) {
  nlohmann::json refused = nlohmann::json::array();
  for (const Refusal& r : report.refused) refused.push_back({{"uri", r.uri}, {"reason", r.reason}});
  nlohmann::json reasons = nlohmann::json::array();
  for (const RefusalKind& kind : refusals_by_reason(report.refused))
    reasons.push_back({{"reason", kind.reason}, {"n_files", kind.n_files}, {"example", kind.example}});
  return {{"collection", info.path.string()},
          {"model", info.model},
          {"n_files_seen", report.n_files_seen},
          {"n_added", report.n_added},
          {"n_updated", report.n_updated},
          {"n_unchanged", report.n_unchanged},
          {"n_moved", report.n_moved},
          {"n_removed", report.n_removed},
          {"n_ignored", report.n_ignored},
          {"n_chunks_embedded", report.n_chunks_embedded},
          {"n_images_embedded", report.n_images_embedded},
          {"n_tokens", report.n_tokens},
          {"n_tokens_dropped", report.n_tokens_dropped},
          {"n_chunks_cut", report.n_chunks_cut},
          {"n_documents_cut", report.n_documents_cut},
          {"n_invalid", report.n_invalid},
          {"formats", report.formats},
          {"refused", refused},
          {"refused_by_reason", reasons},
          {"n_documents", info.n_documents},
          {"n_chunks", info.n_chunks},
          {"graph_failure", report.graph_failure},
          {"seconds", report.seconds}};
}

void print_report(const IndexReport& report, const CollectionInfo& info) {
  print(bold(grouped(report.n_files_seen) + (report.n_files_seen == 1 ? " file" : " files")) + " seen: " + grouped(report.n_added) +
        " added, " + grouped(report.n_updated) + " updated, " + grouped(report.n_unchanged) + " unchanged, " +
        (report.n_moved > 0 ? grouped(report.n_moved) + " moved, " : "") + grouped(report.n_removed) + " removed, " +
        grouped(report.refused.size()) + " refused\n");
  if (report.formats.size() > 1) print("read: " + formats_text(report.formats) + "\n");
  if (report.n_ignored > 0) print(grouped(report.n_ignored) + " files and folders passed over by rules (.akinignore)\n");
  if (report.n_images_embedded > 0) print(grouped(report.n_images_embedded) + " of the chunks are pictures\n");
  print(grouped(report.n_chunks_embedded) + " chunks of " + grouped(report.n_tokens) + " tokens embedded in " +
        seconds_text(report.seconds) + ", " + cut_text(report) + cost_text(info.model, report.n_tokens) + "\n");
  if (report.n_invalid > 0) print(grouped(report.n_invalid) + " malformed UTF-8 sequences were read as U+FFFD\n");
  print_refused(report.refused);
  print(shown_path(info.path.string()) + ": " + grouped(info.n_documents) + " documents, " + grouped(info.n_chunks) + " chunks, " +
        bytes_text(info.n_bytes) + "\n");
}

void check_paths(const std::vector<fs::path>& paths) {
  for (const fs::path& path : paths) {
    std::error_code ignored;
    if (!fs::exists(fs::symlink_status(path, ignored)))
      throw Error(ErrorCode::not_found, "'" + path.string() + "': no such file or folder");
  }
}

void add_index_options(CLI::App& verb, IndexOptions& options, bool& keep_missing) {
  verb.add_option("--chunk-tokens", options.chunk_tokens, "Tokens of a chunk at most; 0 = the model's limit")->type_name("N");
  verb.add_option("--overlap", options.overlap_tokens, "Tokens that a chunk repeats from the one before")->type_name("N");
  verb.add_flag("--keep-missing", keep_missing, "Do not forget documents whose files have vanished");
  verb.add_flag("--hidden", options.hidden, "Read hidden files and folders too");
  verb.add_flag("!--no-ignore", options.ignore, "Read what .akinignore files and the built-in list (.git, node_modules, …) leave out");
}

}  // namespace akin::cli
