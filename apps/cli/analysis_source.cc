#include "analysis_source.h"

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <optional>
#include <span>
#include <unordered_map>

#include "akin/akin.h"
#include "collection_choice.h"
#include "label_file.h"
#include "pictures.h"
#include "terminal.h"
#include "vector_table.h"
#include "where.h"

namespace akin::cli {
namespace {

namespace fs = std::filesystem;
using Fields = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kMaxTexts = 20'000'000;
constexpr std::size_t kChunksAtOnce = 1024;

std::string_view value_in(const Fields& fields, std::string_view name) {
  const auto found = std::ranges::find(fields, name, &Fields::value_type::first);
  return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

/// Rows that come one by one.
class Rows {
 public:
  /// So many more are to come; 0: nobody knows.
  void expect(std::size_t n_rows) { n_expected_ = n_rows_ + n_rows; }
  void add(std::span<const float> vector, const std::string& where) {
    if (n_rows_ == 0) dim_ = vector.size();
    if (vector.size() != dim_)
      throw Error(ErrorCode::mismatch,
                  where + ": a vector of " + std::to_string(vector.size()) + " numbers, the first has " + std::to_string(dim_));
    if (n_rows_ == rows_.rows()) resize(std::max({n_expected_, n_rows_ + n_rows_ / 2, n_rows_ + kChunksAtOnce}));
    std::ranges::copy(vector, rows_.row(n_rows_++).begin());
  }
  [[nodiscard]] Matrix<float> take() {
    if (n_rows_ < rows_.rows()) resize(n_rows_);
    return std::move(rows_);
  }

 private:
  void resize(std::size_t n_rows) {
    Matrix<float> other = Matrix<float>::uninitialized(n_rows, dim_);
    std::copy_n(rows_.data(), n_rows_ * dim_, other.data());
    rows_ = std::move(other);
  }

  Matrix<float> rows_;
  std::size_t n_rows_ = 0, n_expected_ = 0, dim_ = 0;
};

bool is_file(const std::string& input) {
  std::error_code ignored;
  return input.size() < 4096 && fs::is_regular_file(input, ignored);
}

/// Whether the first record of a .jsonl file has a vector.
bool has_vector_records(const std::string& path) {
  try {
    VectorRow row;
    return open_vector_rows({path, {}, {}})->next(row);
  } catch (const Error&) {
    return false;
  }
}

bool holds_vectors(const std::string& input, const AnalysisSourceOptions& options) {
  if (options.texts.literal || !is_file(input)) return false;
  const std::string ending = fs::path(input).extension().string();
  if (ending == ".csv" || ending == ".tsv")
    return options.texts.format == "auto" && is_vector_table(input, {options.texts.field, options.label_field});
  if (ending == ".jsonl" || ending == ".ndjson") return options.texts.format == "auto" && has_vector_records(input);
  return is_vector_file(input);
}

void take_claim(const SpaceClaim& claim, const std::string& input, AnalysisItems& items) {
  if (!items.fingerprint.empty() && !claim.fingerprint.empty() && claim.fingerprint != items.fingerprint)
    throw Error(ErrorCode::mismatch, input + ": its vectors are of another space than those of " + items.source);
  if (items.model.empty()) items.model = claim.model;
  if (items.fingerprint.empty()) items.fingerprint = claim.fingerprint;
  if (items.metric.empty()) items.metric = claim.metric;
}

/// A reader of .npy, .fvecs, .safetensors and .jsonl, or of a table.
std::unique_ptr<VectorRows> open_vectors(const std::string& input, const AnalysisSourceOptions& options) {
  const std::string ending = fs::path(input).extension().string();
  if (ending == ".csv" || ending == ".tsv") return open_vector_table(input, {options.texts.field, options.label_field});
  return open_vector_rows({input, {}, {}});
}

AnalysisItems read_vectors(const AnalysisSourceOptions& options, Context& context) {
  AnalysisItems items;
  items.source = options.inputs.front();
  Rows rows;
  for (const std::string& input : options.inputs) {
    const std::unique_ptr<VectorRows> source = open_vectors(input, options);
    take_claim(source->claim(), input, items);
    context.progress.begin("reading", source->n_rows(), "vectors");
    rows.expect(source->n_rows());
    VectorRow row;
    for (std::size_t r = 0; source->next(row); ++r) {
      const std::string place = (options.inputs.size() > 1 ? input + ": " : std::string()) + "row " + std::to_string(r);
      rows.add(row.vector, input + ": row " + std::to_string(r));
      items.names.push_back(row.id.empty() ? place : std::move(row.id));
      items.texts.push_back(std::move(row.text));
      items.fields.push_back(std::move(row.metadata));
      if (r % kChunksAtOnce == 0) context.cancel.check();
      context.progress.advance(1);
    }
    context.progress.end();
  }
  items.vectors = rows.take();
  if (items.vectors.empty())
    throw Error(ErrorCode::invalid_argument, items.source + (items.size() == 0 ? ": holds no vectors" : ": its vectors have no numbers"));
  if (std::ranges::all_of(items.texts, &std::string::empty)) items.texts.clear();
  return items;
}

/// Of a document: the mean of its chunks' vectors, at length 1 where they are compared by angle.
class DocumentMeans {
 public:
  void add(const std::string& uri, std::span<const float> vector) {
    const auto [at, is_new] = place_.try_emplace(uri, sums_.size());
    if (is_new) sums_.emplace_back(vector.size());
    for (std::size_t i = 0; i < vector.size(); ++i) sums_[at->second][i] += static_cast<double>(vector[i]);
    if (is_new) n_chunks_.push_back(0);
    ++n_chunks_[at->second];
  }
  [[nodiscard]] bool has(const std::string& uri) const { return place_.contains(uri); }
  [[nodiscard]] Matrix<float> take(bool by_angle) {
    Matrix<float> out(sums_.size(), sums_.empty() ? 0 : sums_.front().size());
    for (std::size_t r = 0; r < sums_.size(); ++r) {
      for (std::size_t i = 0; i < out.cols(); ++i) out(r, i) = static_cast<float>(sums_[r][i] / static_cast<double>(n_chunks_[r]));
      if (by_angle) normalize(out.row(r));
    }
    return out;
  }

 private:
  std::unordered_map<std::string, std::size_t> place_;
  std::vector<std::vector<double>> sums_;
  std::vector<std::size_t> n_chunks_;
};

Fields fields_of(ChunkRecord& chunk) {
  Fields fields = std::move(chunk.metadata);
  fields.emplace_back("uri", chunk.uri);
  if (!chunk.title.empty()) fields.emplace_back("title", chunk.title);
  if (!chunk.format.empty()) fields.emplace_back("format", chunk.format);
  return fields;
}

/// Calls take(chunk, vector) for the chunks that pass, by id; the vector is empty where none is wanted.
template <class Take>
void for_each_chunk(const Snapshot& snapshot, const AnalysisSourceOptions& options, const std::string& folder, Context& context,
                    const Take& take) {
  const ChunkSet set = snapshot.select(read_where(options.where));
  const std::span<const std::uint64_t> kept = set.ids();
  context.progress.begin("reading", set.keeps_all() ? snapshot.n_vectors() : kept.size(), options.with_vectors ? "vectors" : "texts");
  std::uint64_t last = 0;
  for (std::vector<ChunkRecord> chunks; !(chunks = snapshot.chunks_after(last, kChunksAtOnce)).empty();) {
    context.cancel.check();
    last = chunks.back().chunk_id;
    for (ChunkRecord& chunk : chunks) {
      if (!set.keeps_all() && !std::ranges::binary_search(kept, chunk.chunk_id)) continue;
      const std::vector<float> vector = options.with_vectors ? snapshot.vector_of(chunk.chunk_id) : std::vector<float>();
      if (options.with_vectors && vector.empty())
        throw Error(ErrorCode::corrupt, folder + ": a vector of '" + chunk.uri + "' is damaged or missing; 'akin doctor' says more");
      take(chunk, vector);
      context.progress.advance(1);
    }
  }
  context.progress.end();
}

AnalysisItems read_collection(const AnalysisSourceOptions& options, Context& context) {
  const fs::path folder = collection_to_read(options.collection);
  const Store store = Store::open(folder, false);
  const Snapshot snapshot = store.snapshot();
  AnalysisItems items;
  items.is_collection = true;
  items.source = folder.string();
  items.model = snapshot.space().model;
  items.fingerprint = snapshot.space().fingerprint;
  items.metric = snapshot.space().metric;
  Rows rows;
  DocumentMeans means;
  struct Seen {
    std::size_t n_chunks = 0, row = 0;
  };
  std::unordered_map<std::string, Seen> seen;
  const bool by_document = options.by == "document";
  for_each_chunk(snapshot, options, items.source, context, [&](ChunkRecord& chunk, const std::vector<float>& vector) {
    Seen& document = seen[chunk.uri];
    const std::size_t place = ++document.n_chunks;
    if (options.with_vectors && by_document) means.add(chunk.uri, vector);
    if (options.with_vectors && !by_document) rows.add(vector, chunk.uri);
    if (by_document && place > 1) {
      if (options.whole_texts) items.texts[document.row] += "\n" + chunk.chunk.text;
      return;
    }
    document.row = items.size();
    items.names.push_back(shown_path(chunk.uri) + (place > 1 ? "#" + std::to_string(place) : ""));
    items.texts.push_back(std::move(chunk.chunk.text));
    items.fields.push_back(fields_of(chunk));
  });
  if (options.with_vectors) items.vectors = by_document ? means.take(items.metric == "cosine") : rows.take();
  if (items.size() == 0)
    throw Error(ErrorCode::invalid_argument, items.source + (options.where.empty() ? ": holds no vectors" : ": no chunk passes --where"));
  return items;
}

bool is_blank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

/// Texts of a file of records, with what else the records say.
void read_records(const std::string& input, const AnalysisSourceOptions& options, AnalysisItems& items, std::size_t& n_blank) {
  const std::unique_ptr<RecordSource> source = open_records(input);
  const std::vector<std::string> names = source->names();
  if (options.keep_records && items.records_head.empty()) items.records_head = source->raw_head();
  const auto column = static_cast<std::size_t>(std::ranges::find(names, options.texts.field) - names.begin());
  if (column == names.size())
    throw Error(ErrorCode::not_found, (input == "-" ? "standard input" : input) + ": no field '" + options.texts.field +
                                          "' in the first record; name the texts' with --field");
  for (std::vector<std::string> cells; source->next(cells);) {
    if (cells.size() <= column) throw Error(ErrorCode::corrupt, source->where() + ": the record has no '" + names[column] + "'");
    if (is_blank(cells[column])) {
      ++n_blank;
      continue;
    }
    items.names.push_back(source->where());
    Fields fields;
    for (std::size_t c = 0; c < std::min(cells.size(), names.size()); ++c)
      if (c != column && !cells[c].empty()) fields.emplace_back(names[c], std::move(cells[c]));
    items.fields.push_back(std::move(fields));
    items.texts.push_back(std::move(cells[column]));
    if (options.keep_records) items.records.push_back(source->raw());
  }
}

bool is_record_file(const std::string& input, const AnalysisSourceOptions& options) {
  if (options.texts.literal) return false;
  if (input == "-") return options.texts.format == "jsonl";
  const std::string ending = fs::path(input).extension().string();
  return is_file(input) && options.texts.format == "auto" &&
         (ending == ".jsonl" || ending == ".ndjson" || ending == ".csv" || ending == ".tsv");
}

/// Blank ones are left out: their vectors would be a cluster of nothing.
void read_texts(const AnalysisSourceOptions& options, AnalysisItems& items, Context& context) {
  std::size_t n_blank = 0;
  for (const std::string& input : options.inputs) {
    if (is_record_file(input, options)) {
      read_records(input, options, items, n_blank);
      continue;
    }
    const std::string name = input == "-" ? "standard input" : input;
    const bool is_text = options.texts.literal || (input != "-" && !is_file(input));
    std::size_t line = 0;
    for (std::string& text : read_all_texts({input}, options.texts, kMaxTexts)) {
      ++line;
      if (is_blank(text)) {
        ++n_blank;
        continue;
      }
      items.names.push_back(is_text ? text : name + ":" + std::to_string(line));
      items.texts.push_back(std::move(text));
      items.fields.emplace_back();
    }
  }
  if (n_blank > 0) context.warn(grouped(n_blank) + (n_blank == 1 ? " blank text was" : " blank texts were") + " left out");
}

void warn_of_dropped(const std::vector<TextReport>& reports, Context& context) {
  std::size_t n_texts = 0, n_tokens = 0;
  for (const TextReport& report : reports) {
    n_texts += report.n_tokens_dropped > 0 ? 1 : 0;
    n_tokens += report.n_tokens_dropped;
  }
  if (n_texts > 0)
    context.warn(grouped(n_tokens) + " tokens of " + grouped(n_texts) + (n_texts == 1 ? " text" : " texts") +
                 " are over the model's limit and were dropped");
}

/// Texts and pictures, without vectors.
AnalysisItems read_inputs(const AnalysisSourceOptions& options, Context& context) {
  AnalysisItems items;
  items.source = options.inputs.front();
  items.are_pictures = !options.texts.literal && std::ranges::all_of(options.inputs, is_picture);
  if (!items.are_pictures && !options.texts.literal && std::ranges::any_of(options.inputs, is_picture))
    throw UsageError("pictures and texts are embedded one kind at a time");
  if (items.are_pictures) {
    items.names = options.inputs;
    items.fields.resize(items.names.size());
  } else {
    read_texts(options, items, context);
    if (items.texts.empty()) throw Error(ErrorCode::invalid_argument, items.source + ": holds no texts");
  }
  return items;
}

void set_field(std::vector<std::pair<std::string, std::string>>& fields, const std::string& name, const std::string& value) {
  const auto old = std::ranges::find(fields, name, &std::pair<std::string, std::string>::first);
  if (old == fields.end()) {
    fields.emplace_back(name, value);
  } else {
    old->second = value;
  }
}

/// The labels that the rows' fields or a file of their own tell.
void take_labels(const AnalysisSourceOptions& options, AnalysisItems& items) {
  const std::string& field = items.label_field = options.label_field.empty() && !options.label_file.empty() ? "label" : options.label_field;
  if (!options.label_file.empty()) {
    items.labels = read_label_file(options.label_file, field);
    if (items.labels.size() != items.size())
      throw Error(ErrorCode::mismatch, options.label_file + ": " + grouped(items.labels.size()) + " labels; " + items.source + " has " +
                                           grouped(items.size()) + " rows");
    items.fields.resize(items.size());
    for (std::size_t row = 0; row < items.size(); ++row) set_field(items.fields[row], field, items.labels[row]);
    return;
  }
  if (field.empty()) return;
  bool has_any = false;
  for (std::size_t row = 0; row < items.size(); ++row) {
    items.labels.emplace_back(items.field(row, field));
    has_any = has_any || !items.labels.back().empty();
  }
  if (!has_any)
    throw Error(ErrorCode::not_found,
                items.source + ": no row has a field '" + field + "'; name the labels' with --label-field or --label-file");
}

void check(const AnalysisSourceOptions& options) {
  check_choice("--by", options.by, {"chunk", "document"});
  check_choice("--as", options.as, {"plain", "query", "document"});
  check_choice("--format", options.texts.format, {"auto", "lines", "jsonl", "csv"});
  if (options.inputs.empty()) return;
  if (!options.collection.empty()) throw UsageError("--collection and other inputs are not mixed: pass one of them");
  if (!options.where.empty() || options.by != options.default_by) throw UsageError("--where and --by are for a collection");
}

AnalysisItems read_items(const AnalysisSourceOptions& options, const Common& common, Context& context) {
  if (options.inputs.empty()) return read_collection(options, context);
  const auto n_vector_files = static_cast<std::size_t>(
      std::ranges::count_if(options.inputs, [&](const std::string& input) { return holds_vectors(input, options); }));
  if (n_vector_files == options.inputs.size()) return read_vectors(options, context);
  if (n_vector_files > 0) throw UsageError("files of vectors are not mixed with other inputs");
  AnalysisItems items = read_inputs(options, context);
  if (!options.with_vectors) return items;
  std::vector<std::uint32_t> all(items.size());
  std::iota(all.begin(), all.end(), 0U);
  embed_items(options, common, all, items, context);
  return items;
}

}  // namespace

std::string_view AnalysisItems::field(std::size_t row, std::string_view name) const { return value_in(fields[row], name); }

void add_analysis_source(CLI::App& verb, AnalysisSourceOptions& options, Common& common) {
  verb.add_option("inputs", options.inputs,
                  "Files of vectors (.npy, .fvecs, .safetensors, .jsonl, .csv), texts or files of them (one a line; .jsonl; .csv), - for "
                  "standard input, or pictures; none: a collection")
      ->type_name("FILE|TEXT|-");
  verb.add_option("-c,--collection", options.collection, "The collection's folder; default: .akin here or above")->type_name("DIR");
  verb.add_option("--by", options.by, "Of a collection: each chunk, or each document by the mean of its chunks")
      ->capture_default_str()
      ->type_name("WHAT");
  add_where_option(verb, options.where);
  add_record_options(verb, options.texts);
  verb.add_option("--label-field", options.label_field, "Field or column that says what a row truly is")->type_name("NAME");
  verb.add_option("--label-file", options.label_file, "A file that says it: a label a row (.npy, .csv, .jsonl, or a label a line)")
      ->type_name("FILE");
  verb.add_flag("--text", options.texts.literal, "Every argument is a text, even if a file has that name");
  verb.add_option("--as", options.as, "Which of the model's prompts is put in front of a text: plain (none), query or document")
      ->capture_default_str()
      ->type_name("ROLE");
  add_model_options(verb, common);
}

void embed_items(const AnalysisSourceOptions& options, const Common& common, std::span<const std::uint32_t> rows, AnalysisItems& items,
                 Context& context) {
  const LoadedEmbedder model = load_model(common, {}, context);
  const std::vector<std::string>& all = items.are_pictures ? items.names : items.texts;
  const bool are_all = rows.size() == all.size();
  std::vector<std::string> some;
  if (!are_all)
    for (const std::uint32_t row : rows) some.push_back(all[row]);
  Matrix<float> vectors;
  if (items.are_pictures) {
    vectors = embed_mixed(model.embedder, are_all ? all : some, true, context);
  } else {
    const TextRole role = options.as == "query" ? TextRole::query : options.as == "document" ? TextRole::document : TextRole::plain;
    EmbedResult result = model.embedder.embed(are_all ? all : some, role, context);
    warn_of_dropped(result.reports, context);
    vectors = std::move(result.vectors);
  }
  if (are_all) {
    items.vectors = std::move(vectors);
  } else {
    items.vectors = Matrix<float>(all.size(), model.embedder.dim());
    for (std::size_t i = 0; i < rows.size(); ++i) std::ranges::copy(vectors.row(i), items.vectors.row(rows[i]).begin());
  }
  items.model = model.source.name;
  items.fingerprint = model.embedder.fingerprint();
  items.metric = model.embedder.info().similarity;
}

AnalysisItems read_analysis_items(const AnalysisSourceOptions& options, const Common& common, Context& context) {
  check(options);
  AnalysisItems items = read_items(options, common, context);
  take_labels(options, items);
  return items;
}

}  // namespace akin::cli
