#include "duplicate_run.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <span>
#include <utility>

#include "akin/akin.h"
#include "akin/analysis/equal_items.h"
#include "akin/text/fold.h"
#include "akin/text/shingles.h"
#include "duplicate_order.h"

namespace akin::cli {
namespace {

using Clock = std::chrono::steady_clock;

// What is taken for alike if nobody says otherwise: of a title of 50 characters, one typing error; of sentence models, one saying the same.
constexpr double kJaccard = 0.8, kCosine = 0.9;

bool has_texts(const AnalysisItems& items) {
  return std::ranges::any_of(items.texts, [](const std::string& text) { return !text.empty(); });
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

bool uses_texts(const std::string& method) { return method == "near" || method == "all"; }
bool uses_vectors(const std::string& method) { return method == "semantic" || method == "all"; }

void check(const DuplicateRunOptions& options) {
  check_choice("--method", options.method, {"auto", "exact", "near", "semantic", "all"});
  check_choice("--shingles", options.shingles, {"characters", "words"});
  check_choice("--groups", options.groups, {"star", "chain"});
  check_keep_rule(options.keep);
  const std::size_t n_wanted = options.method == "all" ? 2 : options.method == "exact" ? 0 : 1;
  if (!options.thresholds.empty() && options.thresholds.size() != n_wanted)
    throw UsageError("--threshold: " + std::string(n_wanted == 2   ? "two numbers are wanted, near's and semantic's: 0.8,0.9"
                                                   : n_wanted == 0 ? "--method exact takes none"
                                                                   : "one number is wanted"));
  if (!options.against.empty() && (options.keep != "first" || options.groups != "star"))
    throw UsageError("--against decides what stays: it takes no --keep and no --groups");
}

/// Reads without vectors where none are needed: a model takes longer than all the rest.
AnalysisItems read(const AnalysisSourceOptions& source, std::string& method, const Common& common, Context& context) {
  AnalysisSourceOptions options = source;
  options.with_vectors = false;
  AnalysisItems items = read_analysis_items(options, common, context);
  const bool is_vector_file = items.vectors.rows() > 0;
  if (method == "auto") method = is_vector_file || !has_texts(items) ? "semantic" : "near";
  if (uses_texts(method) && !has_texts(items))
    throw Error(ErrorCode::invalid_argument, items.source + ": has no texts; vectors are compared by --method exact or semantic");
  const bool needs_vectors = uses_vectors(method) || (method == "exact" && !has_texts(items));
  if (needs_vectors && items.is_collection) {
    options.with_vectors = true;
    items = read_analysis_items(options, common, context);
  }
  return items;
}

AnalysisItems read_known(const DuplicateRunOptions& options, std::string& method, const Common& common, Context& context) {
  AnalysisSourceOptions source = options.source;
  source.inputs = {options.against};
  source.collection.clear();
  source.label_file.clear();
  source.label_field.clear();
  source.keep_records = false;
  source.where.clear();
  if (std::filesystem::is_directory(options.against)) {
    source.collection = options.against;
    source.inputs.clear();
  } else {
    source.by = source.default_by;
  }
  return read(source, method, common, context);
}

/// All items' texts; none if there are none.
std::vector<std::string_view> texts_of(const DuplicateRun& run) {
  std::vector<std::string_view> texts;
  for (const AnalysisItems* items : {&run.known, &run.items}) texts.insert(texts.end(), items->texts.begin(), items->texts.end());
  if (texts.size() < run.n_known() + run.items.size()) texts.clear();
  return texts;
}

std::vector<std::string> folded(std::span<const std::string_view> texts, Context& context) {
  std::vector<std::string> out(texts.size());
  context.parallel_for(texts.size(), 64, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) out[i] = fold_text(texts[i]);
  });
  return out;
}

/// Which texts are one. Blank ones, of documents that are pictures, are nobody's equal.
std::vector<std::uint32_t> equal_texts(std::span<const std::string_view> texts, std::span<const std::uint32_t> order, bool fold,
                                       Context& context) {
  std::vector<std::string> kept;
  std::vector<std::string_view> compared(texts.begin(), texts.end());
  if (fold) {
    kept = folded(texts, context);
    compared.assign(kept.begin(), kept.end());
  }
  std::vector<std::uint32_t> equal = first_equals(compared, order, context);
  for (std::uint32_t i = 0; i < equal.size(); ++i)
    if (is_blank(texts[i])) equal[i] = i;
  return equal;
}

std::vector<std::uint32_t> equal_rows(const Matrix<float>& rows, std::span<const std::uint32_t> order, Context& context) {
  std::vector<std::string_view> bytes;
  for (std::size_t r = 0; r < rows.rows(); ++r) bytes.push_back(row_bytes(rows.view(), r));
  return first_equals(bytes, order, context);
}

/// Known rows, then the others.
Matrix<float> rows_of(DuplicateRun& run, Context& context) {
  if (run.n_known() == 0) return std::move(run.items.vectors);
  if (run.known.vectors.cols() != run.items.vectors.cols())
    throw Error(ErrorCode::mismatch, run.known.source + ": vectors of " + std::to_string(run.known.vectors.cols()) + " numbers; " +
                                         run.items.source + " has " + std::to_string(run.items.vectors.cols()));
  if (!run.known.fingerprint.empty() && !run.items.fingerprint.empty() && run.known.fingerprint != run.items.fingerprint)
    throw Error(ErrorCode::mismatch, run.known.source + ": its vectors are of another space than those of " + run.items.source);
  for (const AnalysisItems* items : {&run.known, &run.items}) check_rows(items->vectors.view(), items->source, context);
  Matrix<float> rows = Matrix<float>::uninitialized(run.known.size() + run.items.size(), run.items.vectors.cols());
  std::copy_n(run.known.vectors.data(), run.known.vectors.size(), rows.data());
  std::copy_n(run.items.vectors.data(), run.items.vectors.size(), rows.row(run.known.size()).data());
  return rows;
}

/// Vectors for the texts that have none yet and are not equal to another.
void embed_some(std::span<const std::uint32_t> equal, std::size_t first, const DuplicateRunOptions& options, const Common& common,
                AnalysisItems& items, Context& context) {
  if (items.vectors.rows() > 0) return;
  std::vector<std::uint32_t> rows;
  for (std::uint32_t r = 0; r < items.size(); ++r)
    if (equal.empty() || equal[first + r] == first + r) rows.push_back(r);
  embed_items(options.source, common, rows, items, context);
}

ShingleSets sets_of(const DuplicateRunOptions& options, std::span<const std::string_view> texts, std::span<const std::uint32_t> equal,
                    Context& context) {
  std::vector<std::string_view> unique(texts.begin(), texts.end());
  for (std::size_t i = 0; i < unique.size(); ++i)
    if (equal[i] != i) unique[i] = {};
  const ShingleUnit unit = options.shingles == "words" ? ShingleUnit::words : ShingleUnit::characters;
  return shingle_sets(unique, {unit, options.shingle_size}, context);
}

DuplicateOptions options_of(const DuplicateRunOptions& options, std::span<const std::uint32_t> order, DuplicateRun& run) {
  const std::vector<double>& given = options.thresholds;
  DuplicateOptions out;
  if (uses_texts(run.method)) out.jaccard = run.jaccard = given.empty() ? kJaccard : given.front();
  if (uses_vectors(run.method)) out.cosine = run.cosine = given.empty() ? kCosine : given.back();
  out.recall = options.recall;
  out.groups = options.groups == "chain" ? DuplicateGroups::chain : DuplicateGroups::star;
  out.order = order;
  out.central = options.keep == "central";
  out.n_known = run.n_known();
  return out;
}

void find(const DuplicateRunOptions& options, const Common& common, DuplicateRun& run, Context& context) {
  const std::vector<std::uint32_t> order = run.n_known() > 0 ? std::vector<std::uint32_t>() : keep_order(options.keep, run.items);
  const DuplicateOptions how = options_of(options, order, run);
  const std::vector<std::string_view> texts = texts_of(run);
  const bool is_by_texts = uses_texts(run.method) || (!texts.empty() && run.items.vectors.rows() == 0);
  const bool has_rows = uses_vectors(run.method) || !is_by_texts;
  Clock::time_point start = Clock::now();
  const auto stop = [&] { run.seconds += std::chrono::duration<double>(Clock::now() - start).count(); };
  std::vector<std::uint32_t> equal;
  if (is_by_texts) equal = equal_texts(texts, order, options.fold, context);
  stop();
  run.made_vectors = has_rows && run.items.vectors.rows() == 0;
  if (has_rows) {
    embed_some(equal, 0, options, common, run.known, context);
    embed_some(equal, run.n_known(), options, common, run.items, context);
  }
  start = Clock::now();
  Matrix<float> rows = has_rows ? rows_of(run, context) : Matrix<float>();
  if (!is_by_texts) equal = equal_rows(rows, order, context);
  ShingleSets sets;
  if (uses_texts(run.method)) sets = sets_of(options, texts, equal, context);
  DuplicateItems items{.n = run.n_known() + run.items.size(), .equal_to = equal};
  if (uses_texts(run.method)) items.sets = {sets.keys, sets.begins};
  if (uses_vectors(run.method)) items.rows = rows.view();
  run.found = find_duplicates(items, how, context);
  stop();
  if (run.n_known() == 0) run.items.vectors = std::move(rows);  // that --write needs
}

}  // namespace

DuplicateRun run_duplicates(const DuplicateRunOptions& options, const Common& common, Context& context) {
  check(options);
  DuplicateRun run;
  run.method = options.method;
  run.items = read(options.source, run.method, common, context);
  if (!options.against.empty()) run.known = read_known(options, run.method, common, context);
  find(options, common, run, context);
  return run;
}

void add_duplicate_options(CLI::App& verb, DuplicateRunOptions& options, Common& common) {
  options.source.by = options.source.default_by = "document";
  options.source.whole_texts = true;
  add_analysis_source(verb, options.source, common);
  verb.add_option(
          "--method", options.method,
          "exact (the same text or numbers), near (most shingles in common), semantic (vectors of nearly one direction) or all; auto: "
          "near for texts, semantic for vectors and pictures")
      ->capture_default_str()
      ->type_name("NAME");
  verb.add_option("--threshold", options.thresholds,
                  "From where on items are alike. Near: the share of shingles that both have (0.8); semantic: the cosine (0.9); all: both, "
                  "0.8,0.9")
      ->delimiter(',')
      ->type_name("X");
  verb.add_option("--keep", options.keep,
                  "Of duplicates, which one stays: first, last, longest, shortest, central (the one most like the others), max:FIELD or "
                  "min:FIELD (numbers, or dates as 2026-01-31)")
      ->capture_default_str()
      ->type_name("RULE");
  verb.add_option("--groups", options.groups, "star: what goes is like what stays; chain: also what is like what goes, and so on")
      ->capture_default_str()
      ->type_name("NAME");
  verb.add_option("--against", options.against, "Find what is already in this file or collection, instead of what is twice in the inputs")
      ->type_name("FILE|DIR");
  verb.add_flag("--fold", options.fold, "Case, white space and Unicode forms make no difference to what is exactly the same");
  verb.add_option("--shingles", options.shingles, "Of near: runs of characters or of words")->capture_default_str()->type_name("WHAT");
  verb.add_option("--shingle-size", options.shingle_size, "Of near: how many of them")->capture_default_str()->type_name("N");
  verb.add_option("--recall", options.recall, "Of near: the share of pairs just at the threshold that is found; of others more")
      ->capture_default_str()
      ->type_name("X");
}

}  // namespace akin::cli
