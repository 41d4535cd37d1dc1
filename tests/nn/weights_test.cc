#include "akin/nn/weights.h"

#include <gtest/gtest.h>

#include "akin/base/error.h"
#include "nn_fixture.h"

namespace akin::nn {
namespace {

std::string message_of(const TensorFile& file, const std::string& name, std::initializer_list<std::size_t> shape) {
  try {
    require_tensor(file, name, shape);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Weights, NameFileTensorWantedAndFoundShape) {
  MemoryTensors file;
  file.add("a.weight", {3, 4});
  EXPECT_EQ(message_of(file, "a.weight", {3, 5}), "memory.safetensors: tensor 'a.weight' has shape (3, 4), the config asks for (3, 5)");
  EXPECT_EQ(message_of(file, "b.weight", {2}), "memory.safetensors: tensor 'b.weight' of shape (2) is missing");
  EXPECT_EQ(message_of(file, "a.weight", {3, 4}), "no error");
}

TEST(Weights, StackSeveralLinearMapsIntoOneProduct) {
  MemoryTensors file;
  const std::vector<float> a = file.add("a.weight", {2, 8});
  const std::vector<float> b = file.add("b.weight", {3, 8});
  const std::vector<float> bias = file.add("b.bias", {3});
  const std::vector<LinearPart> parts = {{"a", 2}, {"b", 3}};
  const kernels::PackedMatrix packed = pack_linear(file, parts, 8, kernels::GemmType::f32);
  ASSERT_EQ(packed.n_out(), 5U);
  const Matrix<float> x = random_rows(2, 8, 4);
  kernels::GemmRows rows;
  kernels::prepare_rows(x.view(), kernels::GemmType::f32, rows);
  Matrix<float> out(2, 5);
  kernels::gemm(rows, packed, kernels::Activation::none, out.view());
  EXPECT_NEAR(out(1, 1), product(x.row(1), a, 1, 0), 1e-5);  // float sums of 8 terms
  EXPECT_NEAR(out(1, 4), product(x.row(1), b, 2, bias[2]), 1e-5);
}

TEST(Weights, GrowKeepsTheLargestBuffer) {
  Matrix<float> buffer;
  const MatrixView<float> large = grow(buffer, 4, 8);
  const MatrixView<float> small = grow(buffer, 2, 3);
  EXPECT_EQ(small.data(), large.data());
  EXPECT_EQ(small.cols(), 3U);
}

}  // namespace
}  // namespace akin::nn
