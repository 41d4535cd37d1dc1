#include "embeddings_json.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

#include "akin/base/base64.h"
#include "akin/base/error.h"
#include "bounded_json.h"

namespace akin::hub {
namespace {

static_assert(std::endian::native == std::endian::little, "base64 vectors are copied as they come");

constexpr std::size_t kMaxMessage = 300;

[[noreturn]] void bad_reply(const std::string& where, const std::string& what) { throw Error(ErrorCode::corrupt, where + ": " + what); }

std::string text_name(std::size_t i) { return "the vector of text " + std::to_string(i + 1); }

/// Collects rows until all are there; the first decides the dimensions where nobody asked for any.
class Rows {
 public:
  Rows(const ReplyShape& shape, const std::string& where) : shape_(shape), where_(where), there_(shape.n_texts) {}

  void add(std::size_t i, const Json& embedding) {
    if (i >= shape_.n_texts)
      bad_reply(where_, "a vector of text " + std::to_string(i + 1) + ", " + std::to_string(shape_.n_texts) + " texts were sent");
    if (there_[i]) bad_reply(where_, text_name(i) + " comes twice");
    there_[i] = true;
    if (embedding.is_string()) return add_base64(i, embedding.get_ref<const std::string&>());
    if (!embedding.is_array()) bad_reply(where_, text_name(i) + " is missing");
    const std::span<float> row = row_of(i, embedding.size());
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (!embedding[c].is_number()) bad_reply(where_, text_name(i) + " holds what is no number");
      row[c] = embedding[c].get<float>();
    }
    check_finite(i, row);
  }

  Matrix<float> finish() {
    const auto missing = std::ranges::find(there_, false);
    if (missing != there_.end())
      bad_reply(where_, text_name(static_cast<std::size_t>(missing - there_.begin())) + " is missing, " +
                            std::to_string(std::ranges::count(there_, true)) + " of " + std::to_string(shape_.n_texts) + " came");
    return std::move(rows_);
  }

 private:
  void add_base64(std::size_t i, const std::string& text) {
    const auto bytes = decode_base64(text);
    if (!bytes || bytes->size() % sizeof(float) != 0) bad_reply(where_, text_name(i) + " is not base64 of 32-bit numbers");
    const std::span<float> row = row_of(i, bytes->size() / sizeof(float));
    std::memcpy(row.data(), bytes->data(), bytes->size());
    check_finite(i, row);
  }

  std::span<float> row_of(std::size_t i, std::size_t dim) {
    if (shape_.dim == 0 && dim > 0 && dim <= kMaxDim) shape_.dim = dim;
    if (dim != shape_.dim || dim == 0)
      bad_reply(where_, text_name(i) + " has " + std::to_string(dim) + " dimensions, wanted " +
                            (shape_.dim == 0 ? "1 to " + std::to_string(kMaxDim) : std::to_string(shape_.dim)));
    if (rows_.empty()) rows_ = Matrix<float>::uninitialized(shape_.n_texts, shape_.dim);
    return rows_.row(i);
  }

  void check_finite(std::size_t i, std::span<const float> row) const {
    if (!std::ranges::all_of(row, [](float x) { return std::isfinite(x); }))
      bad_reply(where_, text_name(i) + " holds a number that is not finite");
  }

  ReplyShape shape_;
  const std::string& where_;
  std::vector<bool> there_;
  Matrix<float> rows_;
};

std::uint64_t count_from(const Json& value) { return value.is_number_unsigned() ? value.get<std::uint64_t>() : 0; }

const Json& array_member(const Json& json, const char* key, const ReplyShape& shape, const std::string& where) {
  const Json& list = member(json, key);
  if (!list.is_array()) bad_reply(where, std::string("no list '") + key + "': does the server speak this contract?");
  if (list.size() != shape.n_texts)
    bad_reply(where, std::to_string(list.size()) + " vectors for " + std::to_string(shape.n_texts) + " texts");
  return list;
}

Json parse_or_null(std::string_view body) {
  try {
    return parse_bounded(body, "the answer");
  } catch (const Error&) {
    return nullptr;
  }
}

}  // namespace

EmbeddingsReply parse_openai_reply(std::string_view json, const ReplyShape& shape, const std::string& where) {
  const Json reply = parse_bounded(json, where + ": the answer");
  Rows rows(shape, where);
  for (const Json& item : array_member(reply, "data", shape, where)) {
    const Json& index = member(item, "index");
    if (!index.is_number_unsigned()) bad_reply(where, "a vector without the index of its text");
    rows.add(index.get<std::size_t>(), member(item, "embedding"));
  }
  const Json& usage = member(reply, "usage");
  const Json& prompt = member(usage, "prompt_tokens");
  return {rows.finish(), count_from(prompt.is_null() ? member(usage, "total_tokens") : prompt)};
}

EmbeddingsReply parse_ollama_reply(std::string_view json, const ReplyShape& shape, const std::string& where) {
  const Json reply = parse_bounded(json, where + ": the answer");
  Rows rows(shape, where);
  std::size_t i = 0;
  for (const Json& embedding : array_member(reply, "embeddings", shape, where)) rows.add(i++, embedding);
  return {rows.finish(), count_from(member(reply, "prompt_eval_count"))};
}

EmbeddingsReply parse_titan_reply(std::string_view json, const ReplyShape& shape, const std::string& where) {
  const Json reply = parse_bounded(json, where + ": the answer");
  Rows rows(shape, where);
  rows.add(0, member(reply, "embedding"));
  return {rows.finish(), count_from(member(reply, "inputTextTokenCount"))};
}

std::string server_message(std::string_view body) {
  const Json json = parse_or_null(body);
  const Json& error = member(json, "error");
  if (std::string text = text_member(error, "message", kMaxMessage); !text.empty()) return text;
  for (const char* key : {"error", "message", "Message", "detail"})
    if (std::string text = text_member(json, key, kMaxMessage); !text.empty()) return text;
  return quotable(body, kMaxMessage);
}

std::string server_error_code(std::string_view body) { return text_member(member(parse_or_null(body), "error"), "code", 100); }

}  // namespace akin::hub
