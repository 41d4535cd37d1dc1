#include "static_backend.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "akin/base/error.h"
#include "akin/base/sha256.h"
#include "akin/base/utf8.h"
#include "akin/kernels/row_sum.h"
#include "fingerprint.h"
#include "prompts.h"
#include "sentence_steps.h"
#include "static_table.h"

namespace akin {
namespace {

// Texts of one piece of parallel work: their scratch is made once, and a piece takes about half a millisecond.
constexpr std::size_t kGrain = 32;

/// Model2Vec cuts a text at max_tokens times this many characters: the median over all tokens, rounded down.
std::size_t median_token_length(const Tokenizer& tokenizer) {
  std::vector<std::size_t> lengths(tokenizer.vocabulary_size());
  for (std::size_t id = 0; id < lengths.size(); ++id) lengths[id] = count_code_points(tokenizer.piece(static_cast<std::int32_t>(id)));
  if (lengths.empty()) return 0;
  std::ranges::sort(lengths);
  const std::size_t n = lengths.size();
  return (lengths[(n - 1) / 2] + lengths[n / 2]) / 2;
}

/// The first `n` characters; malformed subparts count as one each.
std::string_view first_characters(std::string_view text, std::size_t n) {
  if (text.size() <= n) return text;
  std::size_t at = 0;
  for (; n > 0 && at < text.size(); --n) at += decode_utf8(text, at).length;
  return text.substr(0, at);
}

ModelInfo describe(const ModelFiles& files, const StaticTable& table, const EmbedderOptions& options, std::size_t max_tokens) {
  ModelInfo info;
  info.name = files.name;
  info.family = files.model.family;
  info.dim_model = files.model.spec.dim;
  info.vocabulary_size = files.model.spec.vocabulary_size;
  info.n_parameters = table.rows->size() + (table.weights == nullptr ? 0 : table.weights->size());
  const std::size_t all = output_dim(files);
  info.dim = options.dims == 0 ? all : options.dims;
  info.max_tokens = max_tokens;
  info.pooling = "mean";
  const auto& steps = files.sentence.steps;
  info.normalized = options.normalize || (info.dim == all && !steps.empty() && std::holds_alternative<NormalizeStep>(steps.back()));
  info.similarity = files.sentence.similarity;
  info.prompts = files.sentence.prompts;
  info.weight_type = name_of(table.rows->type);
  return info;
}

class StaticBackend final : public EmbedderBackend {
 public:
  StaticBackend(StaticFiles model, const EmbedderOptions& embedder_options);

  [[nodiscard]] const ModelInfo& info() const noexcept override { return info_; }
  [[nodiscard]] std::string fingerprint() const override;
  [[nodiscard]] const Tokenizer* tokenizer() const noexcept override { return &files_.tokenizer; }
  [[nodiscard]] const std::string& prompt(TextRole role) const override { return prompts_[static_cast<std::size_t>(role)]; }
  [[nodiscard]] EmbedResult embed(std::span<const std::string_view> texts, TextRole role, Context& context) const override;
  [[nodiscard]] TokenVectors embed_tokens(std::string_view text, Context& context) const override;

 private:
  struct Scratch {
    std::string prompted;
    std::vector<const std::byte*> rows;
    std::vector<float> weights;
  };

  /// The tokens whose vectors count, and what became of the others.
  [[nodiscard]] Encoding read_tokens(std::string_view text, bool offsets, TextReport& report) const;
  void mean_of(std::span<const std::int32_t> ids, Scratch& scratch, std::span<float> out) const;

  ModelFiles files_;
  StaticTable table_;
  EmbedderOptions options_;
  TokenRows rows_;
  SentenceSteps steps_;
  ModelInfo info_;
  std::size_t max_characters_ = 0;      // 0: any number
  std::array<std::string, 3> prompts_;  // by TextRole
};

StaticBackend::StaticBackend(StaticFiles model, const EmbedderOptions& embedder_options)
    : files_(std::move(model.files)),
      table_(model.table),
      options_(embedder_options),
      rows_(table_),
      steps_(files_.sentence.steps, options_.dims, options_.normalize) {
  const std::size_t dim = output_dim(files_);
  if (options_.dims > dim) {
    throw Error(ErrorCode::invalid_argument,
                files_.name + ": " + std::to_string(options_.dims) + " dimensions are asked for, the model gives " + std::to_string(dim));
  }
  if (options_.precision != Precision::f32) {
    throw Error(ErrorCode::invalid_argument, files_.name + ": a static model computes in f32 alone (its table is stored as " +
                                                 std::string(name_of(table_.rows->type)) + "), " +
                                                 std::string(name_of(options_.precision)) + " is asked for");
  }
  const std::size_t limit = options_.max_tokens == 0 ? files_.sentence.max_tokens : options_.max_tokens;
  info_ = describe(files_, table_, options_, limit);
  if (table_.cut_characters) max_characters_ = limit * median_token_length(files_.tokenizer);
  prompts_ = choose_prompts(files_.sentence, options_, files_.name);
}

std::string StaticBackend::fingerprint() const {
  Sha256 hash;
  hash.field("akin static vectors 1");
  describe_sentence(hash, files_, options_);
  for (const TensorView* tensor : {table_.rows, table_.weights, table_.mapping}) {
    hash.field(tensor == nullptr ? "" : name_of(tensor->type));
    if (tensor == nullptr) continue;
    for (const std::size_t n : tensor->shape) hash.field(std::to_string(n));
    hash.update(tensor->bytes);
  }
  for (const bool rule : {table_.unknown_id >= 0, table_.cut_first, table_.cut_characters}) hash.field(rule ? "1" : "0");
  return hash.hex();
}

Encoding StaticBackend::read_tokens(std::string_view text, bool offsets, TextReport& report) const {
  const std::string_view read = max_characters_ == 0 ? text : first_characters(text, max_characters_);
  const std::size_t first = table_.cut_first ? info_.max_tokens : 0;
  Encoding encoding = files_.tokenizer.encode(read, {.special_tokens = false, .max_tokens = first, .offsets = offsets});
  std::size_t n_seen = encoding.n_tokens_seen;
  std::size_t n_invalid = encoding.n_invalid;
  if (read.size() < text.size()) {
    const Encoding whole = files_.tokenizer.encode(text, {.special_tokens = false, .max_tokens = 1});
    n_seen = whole.n_tokens_seen;
    n_invalid = whole.n_invalid;
  }
  std::size_t kept = 0, n_unknown = 0;
  for (std::size_t i = 0; i < encoding.ids.size() && kept < info_.max_tokens; ++i) {
    if (encoding.ids[i] == table_.unknown_id) {
      ++n_unknown;
      continue;
    }
    encoding.ids[kept] = encoding.ids[i];
    if (offsets) {
      encoding.offsets[kept] = encoding.offsets[i];
      encoding.special[kept] = encoding.special[i];
    }
    ++kept;
  }
  encoding.ids.resize(kept);
  encoding.type_ids.resize(kept);
  if (offsets) {
    encoding.offsets.resize(kept);
    encoding.special.resize(kept);
  }
  // The cut text's last token may be a piece of one that the whole text has: what is seen is never less than what is kept.
  encoding.n_tokens_seen = std::max(n_seen, kept + n_unknown);
  encoding.n_tokens_dropped = encoding.n_tokens_seen - kept;
  encoding.n_invalid = n_invalid;
  report.n_tokens = static_cast<std::uint32_t>(kept);
  report.n_tokens_dropped = static_cast<std::uint32_t>(encoding.n_tokens_dropped);
  report.n_invalid = static_cast<std::uint32_t>(n_invalid);
  return encoding;
}

/// A text without tokens has the vector 0, as in the reference.
void StaticBackend::mean_of(std::span<const std::int32_t> ids, Scratch& scratch, std::span<float> out) const {
  scratch.rows.clear();
  scratch.weights.clear();
  for (const std::int32_t id : ids) scratch.rows.push_back(rows_.row(id));
  if (rows_.weighted()) {
    for (const std::int32_t id : ids) scratch.weights.push_back(rows_.weight(id));
  }
  kernels::sum_rows(rows_.type(), scratch.rows, scratch.weights, out);
  const auto n = static_cast<float>(std::max<std::size_t>(ids.size(), 1));
  for (float& x : out) x /= n;
}

EmbedResult StaticBackend::embed(std::span<const std::string_view> texts, TextRole role, Context& context) const {
  const std::string& text_prompt = prompt(role);
  EmbedResult result{Matrix<float>::uninitialized(texts.size(), info_.dim), std::vector<TextReport>(texts.size())};
  context.parallel_for(texts.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    Scratch scratch;
    Matrix<float> pooled = Matrix<float>::uninitialized(end - begin, rows_.dim());
    for (std::size_t i = begin; i < end; ++i) {
      std::string_view text = texts[i];
      if (!text_prompt.empty()) text = scratch.prompted.assign(text_prompt).append(text);
      mean_of(read_tokens(text, false, result.reports[i]).ids, scratch, pooled.row(i - begin));
    }
    const Matrix<float> vectors = steps_.forward(std::move(pooled));
    for (std::size_t i = begin; i < end; ++i) std::ranges::copy(vectors.row(i - begin), result.vectors.row(i).begin());
  });
  return result;
}

TokenVectors StaticBackend::embed_tokens(std::string_view text, Context&) const {
  TextReport report;
  TokenVectors result{read_tokens(prompt(TextRole::plain) + std::string(text), true, report), {}};
  const std::vector<std::int32_t>& ids = result.encoding.ids;
  result.hidden = Matrix<float>::uninitialized(ids.size(), rows_.dim());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const std::byte* row = rows_.row(ids[i]);
    const float weight = rows_.weight(ids[i]);
    kernels::sum_rows(rows_.type(), std::span(&row, 1), std::span(&weight, 1), result.hidden.row(i));
  }
  return result;
}

}  // namespace

std::unique_ptr<EmbedderBackend> make_static_backend(StaticFiles files, const EmbedderOptions& options) {
  return std::make_unique<StaticBackend>(std::move(files), options);
}

}  // namespace akin
