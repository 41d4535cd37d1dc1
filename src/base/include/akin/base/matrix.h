// Rows of numbers: a view that owns nothing and an owner that can only move. Row-major; rows may be further apart than they are long.
// Tested by matrix_test.cc.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "akin/base/error.h"

namespace akin {

/// A view of `rows` rows of `cols` numbers; row r starts at data + r * stride. Whoever owns the numbers must outlive it.
template <class T>
class MatrixView {
 public:
  MatrixView() = default;
  MatrixView(T* data, std::size_t rows, std::size_t cols) : MatrixView(data, rows, cols, cols) {}
  MatrixView(T* data, std::size_t rows, std::size_t cols, std::size_t stride) : data_(data), rows_(rows), cols_(cols), stride_(stride) {
    AKIN_DCHECK(stride >= cols);
  }
  /// A view of mutable numbers is also a view of constant ones.
  operator MatrixView<const T>() const noexcept  // NOLINT(google-explicit-constructor)
      requires(!std::is_const_v<T>) {
    return {data_, rows_, cols_, stride_};
  }

  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::size_t cols() const noexcept { return cols_; }
  [[nodiscard]] std::size_t stride() const noexcept { return stride_; }
  [[nodiscard]] bool empty() const noexcept { return rows_ == 0 || cols_ == 0; }
  [[nodiscard]] T* data() const noexcept { return data_; }
  [[nodiscard]] T* row_data(std::size_t r) const noexcept {
    AKIN_DCHECK(r <= rows_);
    return data_ + r * stride_;
  }
  [[nodiscard]] std::span<T> row(std::size_t r) const noexcept {
    AKIN_DCHECK(r < rows_);
    return {data_ + r * stride_, cols_};
  }
  [[nodiscard]] T& operator()(std::size_t r, std::size_t c) const noexcept {
    AKIN_DCHECK(r < rows_ && c < cols_);
    return data_[r * stride_ + c];
  }
  /// Rows [first, first + count).
  [[nodiscard]] MatrixView middle_rows(std::size_t first, std::size_t count) const noexcept {
    AKIN_DCHECK(first + count <= rows_);
    return {data_ + first * stride_, count, cols_, stride_};
  }
  /// Columns [first, first + count).
  [[nodiscard]] MatrixView middle_cols(std::size_t first, std::size_t count) const noexcept {
    AKIN_DCHECK(first + count <= cols_);
    return {data_ + first, rows_, count, stride_};
  }

 private:
  T* data_ = nullptr;
  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
  std::size_t stride_ = 0;
};

/// What aligned buffers start at: a cache line, and the widest vector of any CPU target.
inline constexpr std::size_t kAlignment = 64;

/// An owner of rows × cols numbers without gaps, 64-byte aligned. Move-only; clone() copies. T is trivially copyable.
template <class T>
class Matrix {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Matrix() = default;
  /// Zero-filled. Throws Error{limit} if rows * cols * sizeof(T) does not fit in memory.
  Matrix(std::size_t rows, std::size_t cols) : Matrix(rows, cols, allocate(rows, cols)) { std::fill_n(data_.get(), rows * cols, T{}); }
  /// Not filled: for buffers that are written before they are read.
  static Matrix uninitialized(std::size_t rows, std::size_t cols) { return Matrix(rows, cols, allocate(rows, cols)); }

  Matrix(Matrix&& other) noexcept
      : data_(std::move(other.data_)), rows_(std::exchange(other.rows_, 0)), cols_(std::exchange(other.cols_, 0)) {}
  Matrix& operator=(Matrix&& other) noexcept {
    data_ = std::move(other.data_);
    rows_ = std::exchange(other.rows_, 0);
    cols_ = std::exchange(other.cols_, 0);
    return *this;
  }
  [[nodiscard]] Matrix clone() const {
    Matrix copy = uninitialized(rows_, cols_);
    std::copy_n(data_.get(), rows_ * cols_, copy.data_.get());
    return copy;
  }

  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::size_t cols() const noexcept { return cols_; }
  [[nodiscard]] std::size_t size() const noexcept { return rows_ * cols_; }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  [[nodiscard]] T* data() noexcept { return data_.get(); }
  [[nodiscard]] const T* data() const noexcept { return data_.get(); }
  [[nodiscard]] std::span<T> row(std::size_t r) noexcept { return view().row(r); }
  [[nodiscard]] std::span<const T> row(std::size_t r) const noexcept { return view().row(r); }
  [[nodiscard]] T& operator()(std::size_t r, std::size_t c) noexcept { return view()(r, c); }
  [[nodiscard]] const T& operator()(std::size_t r, std::size_t c) const noexcept { return view()(r, c); }
  [[nodiscard]] MatrixView<T> view() noexcept { return {data_.get(), rows_, cols_}; }
  [[nodiscard]] MatrixView<const T> view() const noexcept { return {data_.get(), rows_, cols_}; }

 private:
  struct Free {
    void operator()(T* p) const noexcept { ::operator delete (p, std::align_val_t{kAlignment}); }
  };
  using Owner = std::unique_ptr<T[], Free>;

  Matrix(std::size_t rows, std::size_t cols, Owner data) : data_(std::move(data)), rows_(rows), cols_(cols) {}

  static Owner allocate(std::size_t rows, std::size_t cols) {
    if (cols != 0 && rows > std::numeric_limits<std::size_t>::max() / 2 / sizeof(T) / cols)
      throw Error(ErrorCode::limit, "a matrix of that size does not fit in memory");
    const std::size_t bytes = rows * cols * sizeof(T);
    void* p = ::operator new (std::max<std::size_t>(bytes, 1), std::align_val_t{kAlignment}, std::nothrow);
    if (p == nullptr) throw Error(ErrorCode::limit, "not enough memory for a matrix of " + std::to_string(bytes) + " bytes");
    return Owner(static_cast<T*>(p));
  }

  Owner data_;
  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
};

}  // namespace akin
