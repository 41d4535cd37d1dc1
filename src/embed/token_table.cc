#include "akin/embed/token_table.h"

#include <charconv>
#include <mutex>
#include <utility>

#include "akin/base/error.h"
#include "akin/kernels/target.h"
#include "akin/nn/weights.h"
#include "model_files.h"
#include "static_folder.h"

namespace akin {

struct TokenTable::Impl {
  ModelWeights parts;
  const TensorView* rows = nullptr;
  std::optional<std::size_t> max_tokens;  // nothing: see read_max_tokens()
  mutable std::once_flag asked;
  mutable std::optional<Tokenizer> tokenizer;
};

TokenTable::TokenTable(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TokenTable::TokenTable(TokenTable&&) noexcept = default;
TokenTable& TokenTable::operator=(TokenTable&&) noexcept = default;
TokenTable::~TokenTable() = default;

TokenTable TokenTable::open(const std::filesystem::path& model) {
  kernels::use_target_from_environment();
  auto impl = std::make_unique<Impl>();
  if (is_static_folder(model)) {
    StaticFiles found = read_static_folder(model);
    ModelFiles& files = found.files;
    if (found.table.mapping != nullptr || found.table.weights != nullptr)
      throw Error(ErrorCode::unsupported, files.name + ": its tokens share rows or are weighted, so that the file has no row for each");
    impl->rows = found.table.rows;
    impl->max_tokens = files.sentence.max_tokens;
    impl->tokenizer.emplace(std::move(files.tokenizer));
    impl->parts = {std::move(files.name), std::move(files.model), std::move(files.weights), model};
    return TokenTable(std::move(impl));
  }
  impl->parts = read_weights(model);
  const ModelDescription& description = impl->parts.model;
  if (description.names.token_embedding.empty()) {
    throw Error(ErrorCode::unsupported, impl->parts.name + ": a " + description.family + " model has no token embeddings");
  }
  impl->rows = &nn::require_tensor(*impl->parts.weights, description.names.token_embedding + ".weight",
                                   {description.spec.vocabulary_size, description.spec.dim});
  return TokenTable(std::move(impl));
}

const std::string& TokenTable::model_name() const noexcept { return impl_->parts.name; }
const std::string& TokenTable::family() const noexcept { return impl_->parts.model.family; }
std::size_t TokenTable::n_rows() const noexcept { return impl_->rows->shape[0]; }
std::size_t TokenTable::dim() const noexcept { return impl_->rows->shape[1]; }
const TensorView& TokenTable::rows() const noexcept { return *impl_->rows; }

std::optional<bool> TokenTable::is_tied() const noexcept {
  const std::optional<HeadSpec>& head = impl_->parts.model.head;
  return head ? std::optional(head->tied) : std::nullopt;
}

std::size_t TokenTable::max_tokens() const { return impl_->max_tokens ? *impl_->max_tokens : read_max_tokens(impl_->parts); }

const Tokenizer& TokenTable::tokenizer() const {
  std::call_once(impl_->asked, [&] {
    if (!impl_->tokenizer) impl_->tokenizer.emplace(read_tokenizer(impl_->parts));
  });
  return *impl_->tokenizer;
}

void TokenTable::read(std::size_t id, std::span<float> out) const {
  if (id >= n_rows()) {
    throw Error(ErrorCode::invalid_argument, "token id " + std::to_string(id) + " is outside the embedding table '" + rows().name +
                                                 "' of " + std::to_string(n_rows()) + " rows");
  }
  rows().row_to_float(id, out);
}

std::vector<float> TokenTable::row(std::size_t id) const {
  std::vector<float> out(dim());
  read(id, out);
  return out;
}

std::vector<NearRow> TokenTable::nearest(std::span<const float> vector, const NearestOptions& options, Context& context) const {
  const MatrixView<const float> query(vector.data(), 1, vector.size());
  return nearest_rows(rows(), query, options, context, impl_->parts.weights.get()).front();
}

std::int32_t token_id_from(const Tokenizer& tokenizer, std::string_view word, std::size_t n_rows) {
  std::int32_t id = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), id);
  const bool is_number = end == word.data() + word.size() && !word.empty() && word.front() != '-';
  if (is_number && (error != std::errc{} || static_cast<std::size_t>(id) >= n_rows)) {
    throw Error(ErrorCode::invalid_argument,
                "there is no token " + std::string(word) + ": the embedding table has " + std::to_string(n_rows) + " rows");
  }
  if (is_number) return id;
  // As it is met inside a sentence first: " bank" is what byte-level vocabularies hold most words as.
  const EncodeOptions plain{.special_tokens = false};
  for (const std::string& form : {" " + std::string(word), std::string(word)}) {
    const Encoding encoding = tokenizer.encode(form, plain);
    if (encoding.ids.size() == 1) return encoding.ids[0];
  }
  id = tokenizer.id_of(word);
  if (id >= 0) return id;
  std::string pieces;
  for (const std::int32_t piece : tokenizer.encode(word, plain).ids)
    pieces += (pieces.empty() ? "" : ", ") + ("'" + tokenizer.piece(piece) + "'");
  throw Error(ErrorCode::invalid_argument, "'" + std::string(word) + "' is not one token of this model, its pieces are " +
                                               (pieces.empty() ? "none" : pieces) + ": name one of them, or an id");
}

}  // namespace akin
