// The writer of fastText's .bin and .ftz. Tested by fasttext_test.cc.
#include <algorithm>
#include <string>

#include "akin/base/atomic_file.h"
#include "akin/base/error.h"
#include "akin/formats/fasttext.h"
#include "fasttext_layout.h"

namespace akin {
namespace {

constexpr std::size_t kCentroids = 256;

template <class T>
void put(AtomicFile& file, T value) {
  file.write(std::as_bytes(std::span(&value, 1)));
}

void put_shape(AtomicFile& file, std::size_t rows, std::size_t cols) {
  put(file, static_cast<std::int64_t>(rows));
  put(file, static_cast<std::int64_t>(cols));
}

void put_quantizer(AtomicFile& file, std::size_t dim, std::size_t part, std::span<const float> centroids) {
  const std::size_t n_parts = (dim + part - 1) / part;
  for (const std::size_t size : {dim, n_parts, part, dim - (n_parts - 1) * part}) put(file, static_cast<std::int32_t>(size));
  file.write(std::as_bytes(centroids));
}

void put_codes(AtomicFile& file, const FastTextCodes& codes) {
  put(file, static_cast<std::uint8_t>(!codes.norm_codes.empty()));
  put_shape(file, codes.rows, codes.dim);
  put(file, static_cast<std::int32_t>(codes.codes.size()));
  file.write(std::as_bytes(std::span(codes.codes)));
  put_quantizer(file, codes.dim, codes.part, codes.centroids);
  if (codes.norm_codes.empty()) return;
  file.write(std::as_bytes(std::span(codes.norm_codes)));
  put_quantizer(file, 1, 1, codes.norms);
}

void put_input(AtomicFile& file, const FastTextParts& parts) {
  put(file, static_cast<std::uint8_t>(parts.input_codes.has_value()));
  if (parts.input_codes) return put_codes(file, *parts.input_codes);
  std::vector<float> row(static_cast<std::size_t>(parts.args.dim));
  const std::size_t n_rows = parts.words.size() + static_cast<std::size_t>(parts.args.bucket);
  put_shape(file, n_rows, row.size());
  for (std::size_t r = 0; r < n_rows; ++r) {
    parts.input(r, row);
    file.write(std::as_bytes(std::span(row)));
  }
}

void put_output(AtomicFile& file, const FastTextParts& parts) {
  put(file, static_cast<std::uint8_t>(parts.output_codes.has_value()));
  if (parts.output_codes) return put_codes(file, *parts.output_codes);
  put_shape(file, parts.output.rows(), parts.output.cols());
  for (std::size_t r = 0; r < parts.output.rows(); ++r) file.write(std::as_bytes(parts.output.row(r)));
}

void put_entries(AtomicFile& file, const std::vector<std::string>& names, const std::vector<std::int64_t>& counts, std::int8_t kind) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    file.write(std::string_view(names[i].c_str(), names[i].size() + 1));
    put(file, counts[i]);
    put(file, kind);
  }
}

void put_dictionary(AtomicFile& file, const FastTextParts& parts) {
  put(file, static_cast<std::int32_t>(parts.words.size() + parts.labels.size()));
  put(file, static_cast<std::int32_t>(parts.words.size()));
  put(file, static_cast<std::int32_t>(parts.labels.size()));
  put(file, parts.n_tokens);
  put(file, parts.kept_buckets ? static_cast<std::int64_t>(parts.kept_buckets->size()) : -1);
  put_entries(file, parts.words, parts.counts, 0);
  put_entries(file, parts.labels, parts.label_counts, 1);
  if (!parts.kept_buckets) return;
  for (std::size_t i = 0; i < parts.kept_buckets->size(); ++i) {
    put(file, (*parts.kept_buckets)[i]);
    put(file, static_cast<std::int32_t>(i));
  }
}

void check(const std::vector<std::string>& names) {
  for (const std::string& name : names)
    require(!name.empty() && name.find_first_of(std::string_view("\0 \t\n\v\f\r", 7)) == std::string::npos,
            "fastText: a word is empty or holds white space");
}

void check(const FastTextCodes& codes, std::size_t rows, std::size_t dim) {
  const std::size_t n_parts = codes.part == 0 ? 0 : (dim + codes.part - 1) / codes.part;
  require(codes.part > 0 && codes.part <= dim && codes.dim == dim && codes.rows == rows && codes.codes.size() == rows * n_parts &&
              codes.centroids.size() == dim * kCentroids,
          "fastText: the codes do not fit the matrix");
  require(codes.codes.size() <= 0x7FFFFFFF, "fastText: more codes than its format has room for");
  require(codes.norm_codes.empty() ? codes.norms.empty() : codes.norm_codes.size() == rows && codes.norms.size() == kCentroids,
          "fastText: the codes of norms do not fit the matrix");
}

void check(const FastTextParts& parts) {
  const auto dim = static_cast<std::size_t>(std::max(parts.args.dim, 0));
  const std::size_t n_outputs = parts.args.model == kSupervised ? parts.labels.size() : parts.words.size();
  require(dim > 0 && parts.args.bucket >= 0, "fastText: dim must be positive, bucket not negative");
  require(parts.counts.size() == parts.words.size() && parts.label_counts.size() == parts.labels.size(),
          "fastText: one count a word and a label is wanted");
  require(parts.input_codes.has_value() || parts.input != nullptr, "fastText: rows of the input matrix are wanted");
  require(parts.input_codes.has_value() || (!parts.kept_buckets && !parts.output_codes),
          "fastText: only a quantised model has a pruning table or a quantised output");
  require(parts.output_codes.has_value() || (parts.output.rows() == n_outputs && parts.output.cols() == dim),
          "fastText: the output matrix must have a row a word, of a classifier a row a label");
  const std::size_t n_buckets = parts.kept_buckets ? parts.kept_buckets->size() : static_cast<std::size_t>(parts.args.bucket);
  if (parts.input_codes) check(*parts.input_codes, parts.words.size() + n_buckets, dim);
  if (parts.output_codes) check(*parts.output_codes, n_outputs, dim);
  check(parts.words);
  check(parts.labels);
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
  put_dictionary(file, parts);
  put_input(file, parts);
  put_output(file, parts);
  file.commit();
}

}  // namespace akin
