// What turns a word into tokens: the vocabulary and its algorithm. One class a kind; read_model() is the table that tokenizer.json goes
// through, and where a new kind joins. Tested by model_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "akin/base/sha256.h"
#include "json_fields.h"

namespace akin::text {

/// A token and the bytes of the word that it stands for.
struct WordToken {
  std::int32_t id = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  friend bool operator==(const WordToken&, const WordToken&) = default;
};

class Model {
 public:
  virtual ~Model() = default;
  /// Appends the tokens of a word (valid UTF-8, not empty).
  virtual void tokenize(std::string_view word, std::vector<WordToken>& out) const = 0;
  /// Highest id + 1.
  [[nodiscard]] virtual std::size_t size() const noexcept = 0;
  /// The piece of an id < size(), empty for an id that the vocabulary leaves out.
  [[nodiscard]] virtual const std::string& piece(std::int32_t id) const noexcept = 0;
  /// −1 if there is no such piece.
  [[nodiscard]] virtual std::int32_t id_of(std::string_view piece) const noexcept = 0;
  /// Adds all that decides its tokens to a fingerprint.
  virtual void describe(Sha256& hash) const = 0;
};

/// `json` is the "model" of a tokenizer.json. Throws Error{unsupported}, Error{corrupt}.
std::unique_ptr<const Model> read_model(const Json& json, const std::string& where);

}  // namespace akin::text
