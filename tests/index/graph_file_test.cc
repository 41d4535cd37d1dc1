// A graph's file: what is written comes back, and whatever is wrong in it is refused before anything walks there.
#include "graph_file.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/throws.h"
#include "graph_bytes.h"

namespace akin {
namespace {

using testing::expect_error;
using testing::SmallGraph;

std::span<const std::byte> all(const SmallGraph& small) { return small.bytes.row(0); }

/// With everything read.
GraphFile proved(std::span<const std::byte> bytes) {
  GraphFile file = parse_graph(bytes, "g", nullptr);
  file.graph.proof->all(nullptr);
  return file;
}

TEST(GraphFile, LiesAsItsPageSays) {
  const SmallGraph small;
  EXPECT_EQ(small.size, SmallGraph::kParts.back());
  const GraphFile file = parse_graph(all(small), "g", nullptr);
  EXPECT_EQ(file.graph.size(), SmallGraph::kRows);
  EXPECT_EQ(file.options.degree, 8);
  EXPECT_EQ(file.graph.codes.bits(), 4);
  EXPECT_EQ(file.note.size(), 4U);
  const HnswDescription description = parse_graph_description(all(small), "g");
  EXPECT_EQ(description.n_vectors, SmallGraph::kRows);
  EXPECT_EQ(description.note, std::vector<std::byte>(4, std::byte{7}));
}

TEST(GraphFile, IsWrittenAgainAsItWas) {
  const SmallGraph small;
  std::vector<std::byte> again;
  write_graph(parse_graph(all(small), "g", nullptr), [&](auto part) { again.insert(again.end(), part.begin(), part.end()); });
  EXPECT_TRUE(std::ranges::equal(again, all(small)));
}

TEST(GraphFile, FindsEveryFlippedBit) {
  SmallGraph small;
  for (std::size_t at = 0; at < small.bytes.size(); ++at) {
    small.bytes(0, at) ^= std::byte{16};
    EXPECT_THROW(proved(all(small)), Error) << "byte " << at;
    small.bytes(0, at) ^= std::byte{16};
  }
}

TEST(GraphFile, IsRefusedWhenItIsCutShortOrGoesOn) {
  SmallGraph small;
  for (std::size_t size = 0; size < small.bytes.size(); size += 37)
    expect_error(ErrorCode::corrupt, "g: ", [&] { parse_graph(all(small).first(size), "g", nullptr); });
  Matrix<std::byte> longer(1, small.bytes.size() + 1);
  std::ranges::copy(all(small), longer.data());
  expect_error(ErrorCode::corrupt, "the header asks for", [&] { parse_graph(longer.row(0), "g", nullptr); });
}

struct Lie {
  const char* what;
  std::size_t at;
  std::uint32_t value;
  const char* message;
};

TEST(GraphFile, ThatLiesIsRefused) {
  const auto& parts = SmallGraph::kParts;
  const std::uint32_t nan = 0x7FC00000U, infinity = 0x7F800000U, minus_one = 0xBF800000U;
  const Lie lies[] = {
      {"magic", 0, 1, "no graph's file"},
      {"metric", 16, 3, "out of range"},
      {"bits of codes", 20, 5, "out of range"},
      {"degree of nothing", 24, 0, "out of range"},
      {"degree of much", 24, 0xFFFFFFFFU, "out of range"},
      {"another degree", 24, 9, "the header asks for"},
      {"beam", 28, 1, "an option"},
      {"alpha", 32, nan, "an option"},
      {"longest", 36, infinity, "out of range"},
      {"dim of nothing", 40, 0, "out of range"},
      {"dim of much", 40, 70000, "out of range"},
      {"points of recall", 44, 1, "the header asks for"},
      {"many points of recall", 44, 5000, "out of range"},
      {"nodes", 48, 59, "the header asks for"},
      {"very many nodes", 52, 0xFFFFFFFFU, "out of range"},
      {"no entries", 56, 0, "out of range"},
      {"more entries than nodes", 56, 61, "out of range"},
      {"note", 64, 5, "the header asks for"},
      {"a note beyond all", 68, 0xFFFFFFFFU, "out of range"},
      {"asked bits", 72, 7, "an option"},
      {"mean", parts[0], nan, "its mean"},
      {"row that is not there", parts[2], 60, "of a node is not there"},
      {"scale", parts[3], infinity, "a factor"},
      {"length", parts[3] + 4, minus_one, "a factor"},
      {"link beyond", parts[SmallGraph::kLinks], 60, "leads to node 60"},
      {"link behind the last", parts[SmallGraph::kLinks], kNoLink, "leads to node"},
  };
  for (const Lie& lie : lies) {
    SmallGraph small;
    SmallGraph::put(small.bytes.row(0), lie.at, lie.value);
    SmallGraph::seal(small.bytes.row(0));
    SCOPED_TRACE(lie.what);
    expect_error(ErrorCode::corrupt, lie.message, [&] { proved(all(small)); });
  }
}

TEST(GraphFile, OfANodeNamedTwiceIsRefused) {
  SmallGraph small;
  std::memcpy(small.bytes.data() + SmallGraph::kParts[2], small.bytes.data() + SmallGraph::kParts[2] + 4, 4);
  SmallGraph::seal(small.bytes.row(0));
  expect_error(ErrorCode::corrupt, "another node's", [&] { parse_graph(all(small), "g", nullptr); });
}

TEST(GraphFile, OfAnotherVersionIsNotRead) {
  SmallGraph small;
  SmallGraph::put(small.bytes.row(0), 8, 1);
  SmallGraph::seal(small.bytes.row(0));
  expect_error(ErrorCode::unsupported, "version 1", [&] { parse_graph(all(small), "g", nullptr); });
}

}  // namespace
}  // namespace akin
