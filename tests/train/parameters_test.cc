#include "akin/train/parameters.h"

#include "base/throws.h"
#include "nn/nn_fixture.h"

namespace akin {
namespace {

TEST(Parameters, LieSideBySideUnlessAligned) {
  Parameters p;
  EXPECT_EQ(p.add("a", {3, 5}), 0U);
  EXPECT_EQ(p.add("b", {2}), 15U);
  p.align();
  EXPECT_EQ(p.add("c", {4}), 32U);
  p.allocate();
  EXPECT_EQ(p.size(), 48U);
  EXPECT_EQ(p.n_parameters(), 21U);
  EXPECT_TRUE(p.find("a")->decays());
  EXPECT_FALSE(p.find("b")->decays());
  EXPECT_EQ(p.find("d"), nullptr);
}

TEST(Parameters, RefuseTwinsAndImpossibleSizes) {
  Parameters p;
  p.add("a", {3});
  testing::expect_error(ErrorCode::invalid_argument, "the parameter 'a' is given twice", [&] { p.add("a", {4}); });
  testing::expect_error(ErrorCode::limit, "cannot have shape (0)", [&] { p.add("b", {0}); });
  testing::expect_error(ErrorCode::limit, "cannot have shape", [&] { p.add("c", {std::size_t{1} << 62, 8}); });
}

TEST(Parameters, AreReadFromAFileAndGivenAsTensors) {
  nn::MemoryTensors file;
  const std::vector<float> a = file.add("a.weight", {2, 3});
  Parameters p;
  p.add("a.weight", {2, 3});
  p.allocate();
  p.read(file);
  EXPECT_TRUE(std::ranges::equal(p.values_of(p.list()[0]), a));
  const std::vector<TensorView> views = p.tensors(p.values());
  ASSERT_EQ(views.size(), 1U);
  EXPECT_EQ(views[0].name, "a.weight");
  EXPECT_EQ(views[0].bytes.size(), 24U);
}

TEST(Parameters, NameWhatAFileLacks) {
  nn::MemoryTensors file;
  file.add("a.weight", {2, 3});
  Parameters missing, other;
  missing.add("b.weight", {2});
  missing.allocate();
  testing::expect_error(ErrorCode::not_found, "there is no tensor 'b.weight'", [&] { missing.read(file); });
  other.add("a.weight", {3, 2});
  other.allocate();
  testing::expect_error(ErrorCode::mismatch, "has shape (2, 3), the model asks for (3, 2)", [&] { other.read(file); });
}

}  // namespace
}  // namespace akin
