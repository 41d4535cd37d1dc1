#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "akin/akin.h"
#include "duplicate_output.h"
#include "duplicate_run.h"
#include "terminal.h"
#include "verbs.h"

namespace akin::cli {
namespace {

struct Options {
  DuplicateRunOptions run;
  std::optional<std::size_t> top;
  std::string out, write;
  bool deletes = false, yes = false;
};

void check(const Options& options) {
  check_rows_file(options.out);
  check_deduplicated_file(options.write, options.run);
  if (options.yes && !options.deletes) throw UsageError("--yes goes with --delete");
  if (!options.deletes) return;
  if (!options.run.source.inputs.empty()) throw UsageError("--delete is for a collection; --write keeps what stays of other inputs");
  if (options.run.source.by != "document") throw UsageError("--delete takes documents out: --by document");
}

/// Documents out of the collection, in one commit. Without --yes it is only said how many.
void delete_going(const Options& options, const Common& common, const DuplicateRun& run) {
  std::vector<std::string> uris;
  for (std::size_t row = 0; row < run.items.size(); ++row)
    if (!run.stays(row)) uris.emplace_back(run.items.field(row, "uri"));
  const std::string n = grouped(uris.size()) + (uris.size() == 1 ? " document" : " documents");
  if (uris.empty()) return;
  if (!options.yes) {
    if (!common.json) print(n + " would be removed from " + run.items.source + "; with --yes they are\n");
    return;
  }
  const std::size_t n_removed = Collection::open(run.items.source, true).remove_documents(uris);
  if (!common.json)
    print(bold(grouped(n_removed) + (n_removed == 1 ? " document" : " documents")) + " removed from " + run.items.source + "\n");
}

int run(Options options, const Common& common, Context& context) {
  check(options);
  options.run.source.keep_records = !options.write.empty();
  const DuplicateRun found = run_duplicates(options.run, common, context);
  if (!options.out.empty()) write_row_list(options.out, found);
  if (!options.write.empty()) write_deduplicated(options.write, found);
  print_duplicates(found, options.top, common.json);
  if (options.deletes) delete_going(options, common, found);
  return 0;
}

}  // namespace

Run add_duplicates(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  add_duplicate_options(verb, options->run, common);
  verb.add_option("--top", options->top, "Show so many of the largest groups; default: 10, with --json all")->type_name("N");
  verb.add_option("-o,--out", options->out, "Every row, whether it stays and for whom it goes, to .csv or .jsonl")->type_name("FILE");
  verb.add_option("--write", options->write, "What stays, in the input's format or as .jsonl")->type_name("FILE");
  verb.add_flag("--delete", options->deletes, "Of a collection: remove the documents that can go; only with --yes they are");
  verb.add_flag("--yes", options->yes, "Do what --delete says");
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
