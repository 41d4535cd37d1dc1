#include "fasttext_matrix.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <string>

namespace akin {

void FastTextMatrix::read(Cursor& cursor, std::size_t dim, bool quantized, const char* name) {
  const bool with_norms = quantized && cursor.number<std::uint8_t>("whether norms are quantised") != 0;
  read_shape(cursor, dim, name);
  if (quantized) return read_codes(cursor, dim, with_norms);
  rows_ = cursor.take(n_rows_ * dim * sizeof(float), name);
}

void FastTextMatrix::read_shape(Cursor& cursor, std::size_t dim, const char* name) {
  const auto rows = cursor.number<std::int64_t>("a matrix's rows");
  const auto cols = cursor.number<std::int64_t>("a matrix's columns");
  if (rows < 0 || cols < 0 || static_cast<std::uint64_t>(cols) != dim)
    cursor.fail(std::string(name) + " has shape (" + std::to_string(rows) + ", " + std::to_string(cols) + "), vectors have " +
                std::to_string(dim) + " dimensions");
  // A row takes a byte at least, dense or not: a size that cannot be is refused before anything is multiplied.
  if (static_cast<std::uint64_t>(rows) > cursor.remaining())
    cursor.fail(std::string(name) + " has " + std::to_string(rows) + " rows, which cannot fit in the " +
                std::to_string(cursor.remaining()) + " bytes that are left in the file");
  n_rows_ = static_cast<std::size_t>(rows);
}

void FastTextMatrix::read_codes(Cursor& cursor, std::size_t dim, bool with_norms) {
  const auto n_codes = cursor.number<std::int32_t>("the number of codes");
  if (n_codes < 0) cursor.fail("the number of codes is " + std::to_string(n_codes));
  codes_ = cursor.take(static_cast<std::uint64_t>(n_codes), "the codes");
  vectors_.read(cursor, dim);
  if (static_cast<std::uint64_t>(n_codes) != n_rows_ * vectors_.n_parts)
    cursor.fail(std::to_string(n_codes) + " codes, " + std::to_string(n_rows_) + " rows of " + std::to_string(vectors_.n_parts) +
                " are wanted");
  if (!with_norms) return;
  norm_codes_ = cursor.take(n_rows_, "the codes of norms");
  norms_.read(cursor, 1);
}

void FastTextMatrix::Centroids::read(Cursor& cursor, std::size_t dim) {
  std::int32_t sizes[4];
  for (std::int32_t& size : sizes) size = cursor.number<std::int32_t>("a size of the quantiser");
  if (std::any_of(std::begin(sizes), std::end(sizes), [](std::int32_t size) { return size <= 0; }))
    cursor.fail("a size of the quantiser is not positive");
  n_parts = static_cast<std::size_t>(sizes[1]);
  part = static_cast<std::size_t>(sizes[2]);
  last_part = static_cast<std::size_t>(sizes[3]);
  if (static_cast<std::size_t>(sizes[0]) != dim || last_part > part || (n_parts - 1) * part + last_part != dim)
    cursor.fail("a quantiser of " + std::to_string(sizes[0]) + " numbers in " + std::to_string(n_parts) + " parts of " +
                std::to_string(part) + ", the last of " + std::to_string(last_part) + ", does not fit vectors of " + std::to_string(dim));
  numbers = cursor.take(std::uint64_t{dim} * kEach * sizeof(float), "the centroids");
}

float FastTextMatrix::Centroids::at(std::size_t p, std::size_t code, std::size_t c) const noexcept {
  const std::size_t length = p + 1 == n_parts ? last_part : part;
  float x = 0;
  std::memcpy(&x, numbers.data() + (p * kEach * part + code * length + c) * sizeof x, sizeof x);
  return x;
}

void FastTextMatrix::add_row(std::size_t r, std::span<float> out) const noexcept {
  if (quantized()) return add_quantized(r, out);
  const std::byte* row = rows_.data() + r * out.size() * sizeof(float);
  for (std::size_t c = 0; c < out.size(); ++c) {
    float x = 0;
    std::memcpy(&x, row + c * sizeof x, sizeof x);
    out[c] += x;
  }
}

void FastTextMatrix::add_quantized(std::size_t r, std::span<float> out) const noexcept {
  const float norm = norm_codes_.empty() ? 1 : norms_.at(0, std::to_integer<std::size_t>(norm_codes_[r]), 0);
  for (std::size_t p = 0; p < vectors_.n_parts; ++p) {
    const auto code = std::to_integer<std::size_t>(codes_[r * vectors_.n_parts + p]);
    const std::size_t length = p + 1 == vectors_.n_parts ? vectors_.last_part : vectors_.part;
    for (std::size_t c = 0; c < length; ++c) out[p * vectors_.part + c] += norm * vectors_.at(p, code, c);
  }
}

}  // namespace akin
