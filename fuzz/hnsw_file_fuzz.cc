// Any bytes as a graph's file; then a good file with the bytes patched and the checksums made right again, so that every value reaches the
// checks behind them. What is not refused is searched: no walk leaves the graph.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "akin/base/error.h"
#include "graph_file.h"
#include "hnsw_impl.h"
#include "index/graph_bytes.h"

namespace {

using akin::testing::SmallGraph;

void search(SmallGraph& small, std::span<const std::byte> bytes) {
  try {
    akin::GraphFile file = akin::parse_graph(bytes, "fuzz.graph", nullptr);
    if (file.graph.size() != SmallGraph::kRows || file.graph.codes.frame().dim != SmallGraph::kDim) return;
    const akin::VectorSet set(small.rows.view());
    const akin::HnswIndex index(std::make_shared<akin::HnswIndex::Impl>(set, file.options, std::move(file.graph)));
    for (std::size_t row = 0; row < 3; ++row)
      if (index.searcher()->search(small.rows.row(row), {3, {}, 4}, small.context).size() != 3) __builtin_trap();
  } catch (const akin::Error& error) {
    if (error.code() != akin::ErrorCode::corrupt && error.code() != akin::ErrorCode::unsupported) __builtin_trap();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static SmallGraph small;
  akin::Matrix<std::byte> raw(1, std::max<std::size_t>(size, 1));
  std::transform(data, data + size, raw.data(), [](std::uint8_t byte) { return std::byte{byte}; });
  search(small, raw.row(0).first(size));

  akin::Matrix<std::byte> patched = small.bytes.clone();
  for (std::size_t i = 0; i + 3 <= size; i += 3)
    patched(0, (data[i] | std::size_t{data[i + 1]} << 8) % patched.cols()) = std::byte{data[i + 2]};
  SmallGraph::seal(patched.row(0));
  search(small, patched.row(0));
  return 0;
}
