#include "akin/nn/embedding.h"

#include <gtest/gtest.h>

#include "akin/base/error.h"
#include "nn_fixture.h"

namespace akin::nn {
namespace {

TEST(EmbeddingTable, ReadsAndAddsRowsOfTheFile) {
  MemoryTensors file;
  const std::vector<float> rows = file.add("table.weight", {3, 4});
  const EmbeddingTable table(file, "table.weight", 3, 4);
  std::vector<float> out(4);
  std::vector<float> scratch(4);
  table.read(2, out);
  EXPECT_EQ(out[1], rows[2 * 4 + 1]);
  table.add(0, out, scratch);
  EXPECT_EQ(out[1], rows[2 * 4 + 1] + rows[1]);
}

TEST(EmbeddingTable, RefusesAnIdBeyondTheLastRow) {
  MemoryTensors file;
  file.add("table.weight", {3, 4});
  const EmbeddingTable table(file, "table.weight", 3, 4);
  std::vector<float> out(4);
  EXPECT_THROW(table.read(3, out), Error);
}

}  // namespace
}  // namespace akin::nn
