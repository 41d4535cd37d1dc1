// The writer of fastText's .bin. Tested by fasttext_test.cc.
#include <algorithm>
#include <string>

#include "akin/base/atomic_file.h"
#include "akin/base/error.h"
#include "akin/formats/fasttext.h"
#include "fasttext_layout.h"

namespace akin {
namespace {

template <class T>
void put(AtomicFile& file, T value) {
  file.write(std::as_bytes(std::span(&value, 1)));
}

void put_shape(AtomicFile& file, std::size_t rows, std::size_t cols) {
  put<std::uint8_t>(file, 0);  // not quantised
  put(file, static_cast<std::int64_t>(rows));
  put(file, static_cast<std::int64_t>(cols));
}

void put_input(AtomicFile& file, const FastTextParts& parts) {
  std::vector<float> row(static_cast<std::size_t>(parts.args.dim));
  const std::size_t n_rows = parts.words.size() + static_cast<std::size_t>(parts.args.bucket);
  put_shape(file, n_rows, row.size());
  for (std::size_t r = 0; r < n_rows; ++r) {
    parts.input(r, row);
    file.write(std::as_bytes(std::span(row)));
  }
}

void put_output(AtomicFile& file, MatrixView<const float> output) {
  put_shape(file, output.rows(), output.cols());
  for (std::size_t r = 0; r < output.rows(); ++r) file.write(std::as_bytes(output.row(r)));
}

void check(const FastTextParts& parts) {
  const auto dim = static_cast<std::size_t>(std::max(parts.args.dim, 0));
  require(dim > 0 && parts.args.bucket >= 0, "fastText: dim must be positive, bucket not negative");
  require(parts.counts.size() == parts.words.size(), "fastText: one count a word is wanted");
  require(parts.input != nullptr, "fastText: rows of the input matrix are wanted");
  require(parts.output.rows() == parts.words.size() && parts.output.cols() == dim, "fastText: the output matrix must have a row a word");
  for (const std::string& word : parts.words)
    require(!word.empty() && word.find_first_of(std::string_view("\0 \t\n\v\f\r", 7)) == std::string::npos,
            "fastText: a word is empty or holds white space");
}

}  // namespace

void write_fasttext(const std::filesystem::path& path, const FastTextParts& parts) {
  check(parts);
  AtomicFile file(path);
  put(file, kFastTextMagic);
  put(file, kFastTextVersion);
  FastTextArgs args = parts.args;
  for (const std::int32_t* field : fasttext_fields(args)) put(file, *field);
  put(file, args.t);
  const auto n_words = static_cast<std::int32_t>(parts.words.size());
  put(file, n_words);
  put(file, n_words);
  put<std::int32_t>(file, 0);
  put(file, parts.n_tokens);
  put<std::int64_t>(file, -1);  // not pruned
  for (std::size_t i = 0; i < parts.words.size(); ++i) {
    file.write(std::string_view(parts.words[i].c_str(), parts.words[i].size() + 1));
    put(file, parts.counts[i]);
    put<std::int8_t>(file, 0);
  }
  put_input(file, parts);
  put_output(file, parts.output);
  file.commit();
}

}  // namespace akin
