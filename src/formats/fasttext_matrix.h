// A matrix of fastText's .bin as it lies in the file, dense or product-quantised. Private. Tested by fasttext_test.cc.
#pragma once

#include <cstddef>
#include <span>

#include "cursor.h"

namespace akin {

class FastTextMatrix {
 public:
  /// Reads the shape, which must have `dim` columns, and takes the numbers. `name` is the matrix's in messages: "the input matrix".
  void read(Cursor& cursor, std::size_t dim, bool quantized, const char* name);

  [[nodiscard]] std::size_t n_rows() const noexcept { return n_rows_; }
  [[nodiscard]] bool quantized() const noexcept { return !codes_.empty(); }
  /// out += row r; out.size() == dim.
  void add_row(std::size_t r, std::span<float> out) const noexcept;

 private:
  /// 256 centroids for each of the parts that a vector is cut into.
  struct Centroids {
    static constexpr std::size_t kEach = 256;
    std::size_t n_parts = 0, part = 0, last_part = 0;
    std::span<const std::byte> numbers;

    void read(Cursor& cursor, std::size_t dim);
    [[nodiscard]] float at(std::size_t p, std::size_t code, std::size_t c) const noexcept;
  };

  void read_shape(Cursor& cursor, std::size_t dim, const char* name);
  void read_codes(Cursor& cursor, std::size_t dim, bool with_norms);
  void add_quantized(std::size_t r, std::span<float> out) const noexcept;

  std::size_t n_rows_ = 0;
  std::span<const std::byte> rows_, codes_, norm_codes_;
  Centroids vectors_, norms_;
};

}  // namespace akin
