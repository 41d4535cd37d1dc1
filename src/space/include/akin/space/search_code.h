// The forms in which vectors are kept to be scanned: fewer bytes a vector, less exact products. docs/vector-codes.md has the size, the
// error and the recall of each. Tested by search_code_test.cc.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace akin {

enum class SearchCode {
  f16,     ///< IEEE binary16
  bf16,    ///< bfloat16
  i8,      ///< 8 bits a dimension, one scale a vector
  rabitq,  ///< 1 bit a dimension of the rotated vector, with two numbers that make its products unbiased (Gao & Long, RaBitQ, 2024)
  bit,     ///< 1 bit a dimension: its sign; compared by Hamming distance
};

/// "f16", "bf16", "i8", "rabitq", "bit": the same in C++, JSON and the command.
std::string_view name_of(SearchCode code) noexcept;
/// Throws Error{invalid_argument} listing the names.
SearchCode search_code_from(std::string_view name);
/// The names, with commas between, for help texts.
std::string search_code_names();

/// Bytes that one vector takes, what stands beside its code included.
std::size_t bytes_of(SearchCode code, std::size_t dim) noexcept;

}  // namespace akin
