// ggml's tensor types: how large a block is, and which of them akin reads. Figures from ggml.h and ggml-common.h. Tested by gguf_test.cc.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "akin/formats/tensor.h"

namespace akin {

struct GgmlType {
  std::uint32_t id;
  std::string_view name;
  std::uint32_t block;  ///< numbers in a block
  std::uint32_t bytes;  ///< of a block
  std::optional<TensorType> read_as;
};

inline constexpr std::array kGgmlTypes = {
    GgmlType{0, "F32", 1, 4, TensorType::f32},
    GgmlType{1, "F16", 1, 2, TensorType::f16},
    GgmlType{2, "Q4_0", 32, 18, TensorType::q4_0},
    GgmlType{3, "Q4_1", 32, 20, TensorType::q4_1},
    GgmlType{6, "Q5_0", 32, 22, TensorType::q5_0},
    GgmlType{7, "Q5_1", 32, 24, TensorType::q5_1},
    GgmlType{8, "Q8_0", 32, 34, TensorType::q8_0},
    GgmlType{9, "Q8_1", 32, 36, {}},
    GgmlType{10, "Q2_K", 256, 84, TensorType::q2_k},
    GgmlType{11, "Q3_K", 256, 110, TensorType::q3_k},
    GgmlType{12, "Q4_K", 256, 144, TensorType::q4_k},
    GgmlType{13, "Q5_K", 256, 176, TensorType::q5_k},
    GgmlType{14, "Q6_K", 256, 210, TensorType::q6_k},
    GgmlType{15, "Q8_K", 256, 292, {}},
    GgmlType{16, "IQ2_XXS", 256, 66, {}},
    GgmlType{17, "IQ2_XS", 256, 74, {}},
    GgmlType{18, "IQ3_XXS", 256, 98, {}},
    GgmlType{19, "IQ1_S", 256, 50, {}},
    GgmlType{20, "IQ4_NL", 32, 18, TensorType::iq4_nl},
    GgmlType{21, "IQ3_S", 256, 110, {}},
    GgmlType{22, "IQ2_S", 256, 82, {}},
    GgmlType{23, "IQ4_XS", 256, 136, TensorType::iq4_xs},
    GgmlType{24, "I8", 1, 1, TensorType::i8},
    GgmlType{25, "I16", 1, 2, TensorType::i16},
    GgmlType{26, "I32", 1, 4, TensorType::i32},
    GgmlType{27, "I64", 1, 8, TensorType::i64},
    GgmlType{28, "F64", 1, 8, TensorType::f64},
    GgmlType{29, "IQ1_M", 256, 56, {}},
    GgmlType{30, "BF16", 1, 2, TensorType::bf16},
    GgmlType{34, "TQ1_0", 256, 54, TensorType::tq1_0},
    GgmlType{35, "TQ2_0", 256, 66, TensorType::tq2_0},
    GgmlType{39, "MXFP4", 32, 17, TensorType::mxfp4},
    GgmlType{40, "NVFP4", 64, 36, {}},
    GgmlType{41, "Q1_0", 128, 18, {}},
};

/// nullptr for an id that is not in the table.
constexpr const GgmlType* ggml_type(std::uint32_t id) noexcept {
  for (const GgmlType& type : kGgmlTypes)
    if (type.id == id) return &type;
  return nullptr;
}

}  // namespace akin
