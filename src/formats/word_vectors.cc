#include "akin/formats/word_vectors.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <fstream>
#include <limits>
#include <utility>

#include "akin/base/error.h"
#include "akin/base/mapped_file.h"
#include "akin/base/unpacker.h"
#include "akin/formats/fasttext.h"
#include "cursor.h"
#include "fasttext_layout.h"
#include "word_table.h"

namespace akin {
namespace {

namespace fs = std::filesystem;

// Text of numbers packs to a third of its size, a table of zeros to a thousandth; nobody's vectors are in between.
constexpr std::size_t kMostGrowth = 64;

std::string unpack_vectors(std::span<const std::byte> packed, Packing packing, const fs::path& name) {
  const std::size_t most =
      packed.size() > std::numeric_limits<std::size_t>::max() / kMostGrowth ? packed.size() : packed.size() * kMostGrowth;
  return unpack(as_text(packed), packing, most, name.string());
}

/// Bytes that no text has, among the first of the file.
bool looks_binary(std::span<const std::byte> bytes) {
  const std::string_view head = as_text(bytes.first(std::min<std::size_t>(bytes.size(), 65536)));
  return std::any_of(head.begin(), head.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r' && byte != '\v' && byte != '\f';
  });
}

/// Files that get these endings and are something else.
void refuse_strangers(std::span<const std::byte> bytes, const fs::path& name) {
  struct Stranger {
    std::string_view begins, what;
  };
  constexpr std::array<Stranger, 4> kStrangers = {{
      {"PK\x03\x04", "a zip archive (PyTorch weights?)"},
      {"\x80\x02", "a Python pickle (gensim's own format?); save it with save_word2vec_format"},
      {"\x80\x04", "a Python pickle (gensim's own format?); save it with save_word2vec_format"},
      {"\x89HDF", "an HDF5 file"},
  }};
  for (const Stranger& stranger : kStrangers)
    if (as_text(bytes).starts_with(stranger.begins))
      throw Error(ErrorCode::unsupported, name.string() + ": word vectors are wanted, this is " + std::string(stranger.what));
}

bool begins_like_word_vectors(std::span<const std::byte> head) { return has_fasttext_magic(head) || read_word_vector_header(head); }

bool has_ending(fs::path path) {
  if (path.extension() == ".gz") path = path.stem();
  const fs::path ending = path.extension();
  return ending == ".vec" || ending == ".txt" || ending == ".bin" || ending == ".ftz";
}

/// A table and the bytes that it looks into.
class Owned final : public WordVectors {
 public:
  Owned(MappedFile file, std::string unpacked, const fs::path& name, Context& context)
      : file_(std::move(file)), unpacked_(std::make_unique<std::string>(std::move(unpacked))) {
    const auto bytes = unpacked_->empty() ? file_.bytes() : std::as_bytes(std::span(*unpacked_));
    table_ = view_word_vectors(bytes, name, context);
  }
  [[nodiscard]] const fs::path& path() const noexcept override { return table_->path(); }
  [[nodiscard]] std::string_view format() const noexcept override { return table_->format(); }
  [[nodiscard]] std::size_t size() const noexcept override { return table_->size(); }
  [[nodiscard]] std::size_t dim() const noexcept override { return table_->dim(); }
  [[nodiscard]] std::string_view word(std::size_t i) const noexcept override { return table_->word(i); }
  [[nodiscard]] std::optional<std::size_t> find(std::string_view word) const noexcept override { return table_->find(word); }
  void read(std::size_t i, std::span<float> out) const noexcept override { table_->read(i, out); }
  [[nodiscard]] const std::byte* stored(std::size_t i) const noexcept override { return table_->stored(i); }
  bool compose(std::string_view word, std::span<float> out) const noexcept override { return table_->compose(word, out); }
  [[nodiscard]] std::span<const std::int64_t> counts() const noexcept override { return table_->counts(); }
  [[nodiscard]] std::size_t n_duplicates() const noexcept override { return table_->n_duplicates(); }
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept override { return table_->bytes(); }

 private:
  MappedFile file_;
  std::unique_ptr<std::string> unpacked_;
  std::unique_ptr<WordVectors> table_;
};

}  // namespace

std::unique_ptr<WordVectors> open_word_vectors(const fs::path& path, Context& context) {
  MappedFile file(path);
  const Packing packing = packing_of(as_text(file.bytes()));
  std::string unpacked = packing == Packing::none ? std::string() : unpack_vectors(file.bytes(), packing, path);
  if (packing != Packing::none && unpacked.empty()) throw Error(ErrorCode::corrupt, path.string() + ": the packed file holds nothing");
  return std::make_unique<Owned>(std::move(file), std::move(unpacked), path, context);
}

std::unique_ptr<WordVectors> view_word_vectors(std::span<const std::byte> bytes, const fs::path& name, Context& context) {
  if (has_fasttext_magic(bytes)) return view_fasttext(bytes, name);
  refuse_strangers(bytes, name);
  const bool binary = looks_binary(bytes);
  if (!read_word_vector_header(bytes)) {
    // fastText's files of before 2017 begin with the dimension; text does not hold a zero byte among its first.
    if (binary) return view_fasttext(bytes, name);
    return view_word_vector_text(bytes, name, context);
  }
  return binary ? view_word2vec_binary(bytes, name) : view_word_vector_text(bytes, name, context);
}

bool is_word_vector_file(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return false;
  std::array<char, 64> head{};
  std::ifstream in(path, std::ios::binary);
  in.read(head.data(), head.size());
  const std::string_view first(head.data(), static_cast<std::size_t>(in.gcount()));
  if (first.starts_with("GGUF")) return false;  // whatever it is called
  return has_ending(path) || begins_like_word_vectors(std::as_bytes(std::span(first)));
}

WordVectorWriter::WordVectorWriter(const fs::path& path, WordVectorFormat format, std::size_t n_words, std::size_t dim)
    : file_(path), format_(format), n_words_(n_words), dim_(dim) {
  require(dim > 0, "word vectors must have a dimension");
  if (format != WordVectorFormat::glove_text) file_.write(std::to_string(n_words) + " " + std::to_string(dim) + "\n");
}

void WordVectorWriter::append(std::string_view word, std::span<const float> vector) {
  require(!word.empty() && word.find_first_of(" \t\n\v\f\r") == std::string_view::npos, "a word is empty or holds white space");
  require(vector.size() == dim_, "a word's vector has another length than the file's");
  require(n_written_ < n_words_, "more words than the file was made for");
  ++n_written_;
  line_.assign(word);
  if (format_ == WordVectorFormat::word2vec_binary) {
    file_.write(line_ += ' ');
    file_.write(std::as_bytes(vector));
    file_.write("\n");
    return;
  }
  std::array<char, 32> digits;
  for (const float x : vector) {
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), x);
    static_cast<void>(error);  // the longest float has 16 digits and signs
    line_.append(1, ' ').append(digits.data(), end);
  }
  file_.write(line_ += '\n');
}

void WordVectorWriter::commit() {
  require(n_written_ == n_words_, "fewer words than the file was made for");
  file_.commit();
}

}  // namespace akin
