// A graph's codes and links are read against their checksums when a walk comes to them, and never otherwise.
#include "graph_proof.h"

#include <gtest/gtest.h>

#include <fstream>
#include <numeric>
#include <string>
#include <vector>

#include "akin/base/mapped_file.h"
#include "akin/index/flat.h"
#include "akin/index/hnsw.h"
#include "base/temporary_folder.h"
#include "base/throws.h"
#include "index/clustered_rows.h"
#include "index/graph_bytes.h"

namespace akin {
namespace {

using testing::SmallGraph;

/// The file's graph, and a place in a part of it that a test may damage.
struct Mapped {
  explicit Mapped(SmallGraph& small) : file(parse_graph(small.bytes.row(0), "g", nullptr)) {}
  [[nodiscard]] const GraphProof& proof() const { return *file.graph.proof; }
  GraphFile file;
};

TEST(GraphProof, FindsDamageWhereItIsAndNowhereElse) {
  SmallGraph small;
  const Mapped mapped(small);
  // The codes of node 20 are in the second block, its links too.
  small.bytes(0, SmallGraph::kParts[SmallGraph::kCodes] + 20 * 64) ^= std::byte{1};
  small.bytes(0, SmallGraph::kParts[SmallGraph::kLinks] + 40 * 32) ^= std::byte{1};
  const std::vector<std::uint32_t> sound = {0, 15, 32, 59}, hurt = {3, 17};
  EXPECT_NO_THROW(mapped.proof().codes_of(sound));
  EXPECT_NO_THROW(mapped.proof().links_of(20));
  EXPECT_FALSE(mapped.proof().damaged());
  testing::expect_error(ErrorCode::corrupt, "g: the checksum of the codes from node 16 on", [&] { mapped.proof().codes_of(hurt); });
  testing::expect_error(ErrorCode::corrupt, "g: the checksum of the links from node 32 on", [&] { mapped.proof().links_of(47); });
  EXPECT_TRUE(mapped.proof().damaged());
}

TEST(GraphProof, OfAllIsTheSameFromAnyNumberOfThreads) {
  SmallGraph small;
  for (const int threads : {1, 3}) {
    Context context(threads);
    EXPECT_NO_THROW(Mapped(small).proof().all(&context));
  }
  small.bytes(0, SmallGraph::kParts[SmallGraph::kLinks] + 59 * 32 + 31) ^= std::byte{128};
  for (const int threads : {1, 3}) {
    Context context(threads);
    testing::expect_error(ErrorCode::corrupt, "links from node 48 on", [&] { Mapped(small).proof().all(&context); });
  }
}

TEST(GraphProof, MakesASearchExactThatComesToDamage) {
  const Matrix<float> rows = testing::clustered_rows(3000, 24, 3), queries = testing::clustered_rows(20, 24, 4);
  const VectorSet set(rows.view());
  const testing::TemporaryFolder folder;
  const auto path = folder.path() / "g.graph";
  Context context(2);
  std::vector<std::string> said;
  context.log = [&](LogLevel, std::string_view line) { said.emplace_back(line); };
  save_hnsw(build_hnsw(set, {}, context), path);
  // One byte in every 4,000 of the second half, which holds the links.
  std::string bytes = read_file(path, std::size_t{1} << 30);
  for (std::size_t at = bytes.size() / 2; at < bytes.size(); at += 4000) bytes[at] = static_cast<char>(bytes[at] ^ 4);
  std::ofstream(path, std::ios::binary) << bytes;
  const HnswIndex index = load_hnsw(path, set).index;
  const SearchParameters parameters{10, {}, 24};
  ASSERT_TRUE(index.walks(parameters));
  const FlatIndex flat = build_flat(set, {}, context);
  EXPECT_EQ(index.searcher()->search(queries.row(0), parameters, context), flat.searcher()->search(queries.row(0), parameters, context));
  ASSERT_EQ(said.size(), 1U);
  EXPECT_NE(said[0].find("g.graph: the checksum of the "), std::string::npos) << said[0];
  EXPECT_FALSE(index.walks(parameters)) << "it is known from now on";
  EXPECT_EQ(load_hnsw(path, set).index.searcher()->search_batch(queries.view(), parameters, context),
            flat.searcher()->search_batch(queries.view(), parameters, context));
  testing::expect_error(ErrorCode::corrupt, "g.graph: ", [&] { check_hnsw(path); });
  testing::expect_error(ErrorCode::corrupt, "g.graph: ", [&] { index.prove(context); });
  testing::expect_error(ErrorCode::corrupt, "g.graph: ", [&] { save_hnsw(index, folder.path() / "again.graph"); });
  std::vector<std::uint64_t> same(rows.rows());
  std::iota(same.begin(), same.end(), std::uint64_t{0});
  testing::expect_error(ErrorCode::corrupt, "g.graph: ", [&] { update_hnsw(index, set, same, context); });
}

}  // namespace
}  // namespace akin
