// Graphs to files and back. Tested by hnsw_test.cc.
#include <memory>
#include <string>

#include "akin/base/atomic_file.h"
#include "akin/base/error.h"
#include "akin/base/mapped_file.h"
#include "graph_file.h"
#include "hnsw_impl.h"

namespace akin {
namespace {

bool all_where_they_were(std::span<const std::uint64_t> rows_now) {
  std::uint64_t moved = 0;
  for (std::uint64_t row = 0; row < rows_now.size(); ++row) moved |= rows_now[row] ^ row;
  return moved == 0;
}

}  // namespace

void save_hnsw(const HnswIndex& index, const std::filesystem::path& path, std::span<const std::byte> note) {
  const HnswIndex::Impl& impl = *index.impl_;
  require(impl.loose_rows.empty() && !impl.has_gone, "save_hnsw: the graph is of other rows than it is loaded for");
  if (impl.graph.proof) impl.graph.proof->all(nullptr);  // what was not looked at is not to be sealed anew
  AtomicFile file(path);
  write_graph({impl.options, impl.graph, impl.recall, note}, [&](std::span<const std::byte> bytes) { file.write(bytes); });
  file.commit();
}

LoadedHnsw load_hnsw(const std::filesystem::path& path, const VectorSet& vectors) {
  const auto mapped = std::make_shared<const MappedFile>(path);
  GraphFile file = parse_graph(mapped->bytes(), path.string(), mapped);
  if (file.graph.size() != vectors.size() || file.graph.codes.frame().dim != vectors.dim()) {
    throw Error(ErrorCode::mismatch, path.string() + ": a graph of " + std::to_string(file.graph.size()) + " vectors of " +
                                         std::to_string(file.graph.codes.frame().dim) + ", there are " + std::to_string(vectors.size()) +
                                         " of " + std::to_string(vectors.dim()));
  }
  auto impl = std::make_shared<HnswIndex::Impl>(vectors, file.options, std::move(file.graph));
  impl->recall = std::move(file.recall);
  return {HnswIndex(std::move(impl)), {file.note.begin(), file.note.end()}};
}

LoadedHnsw load_hnsw(const std::filesystem::path& path, const VectorSet& vectors, std::span<const std::uint64_t> rows_now) {
  if (rows_now.size() == vectors.size() && all_where_they_were(rows_now)) return load_hnsw(path, vectors);
  const auto mapped = std::make_shared<const MappedFile>(path);
  GraphFile file = parse_graph(mapped->bytes(), path.string(), mapped);
  if (file.graph.size() != rows_now.size() || file.graph.codes.frame().dim != vectors.dim()) {
    throw Error(ErrorCode::mismatch, path.string() + ": a graph of " + std::to_string(file.graph.size()) + " vectors of " +
                                         std::to_string(file.graph.codes.frame().dim) + ", " + std::to_string(rows_now.size()) + " of " +
                                         std::to_string(vectors.dim()) + " were expected");
  }
  std::vector<bool> named(vectors.size());
  const auto rows = std::make_shared<std::vector<std::uint32_t>>();
  bool has_gone = false;
  for (const std::uint32_t row : file.graph.rows) {
    const std::uint64_t now = rows_now[row];
    rows->push_back(now == kNoRowNow ? kNoRow : static_cast<std::uint32_t>(now));
    has_gone |= now == kNoRowNow;
    if (now == kNoRowNow) continue;
    require(now < named.size() && !named[now], "load_hnsw: a row is not there or named twice");
    named[now] = true;
  }
  file.graph.rows = *rows;
  // Links and codes stay in the file, rows beside it.
  file.graph.owner =
      std::make_shared<std::pair<std::shared_ptr<const MappedFile>, std::shared_ptr<const std::vector<std::uint32_t>>>>(mapped, rows);
  auto impl = std::make_shared<HnswIndex::Impl>(vectors, file.options, std::move(file.graph));
  impl->recall = std::move(file.recall);
  impl->has_gone = has_gone;
  for (std::uint64_t row = 0; row < named.size(); ++row)
    if (!named[row]) impl->loose_rows.push_back(row);
  return {HnswIndex(std::move(impl)), {file.note.begin(), file.note.end()}};
}

HnswDescription describe_hnsw(const std::filesystem::path& path) {
  const MappedFile mapped(path);
  return parse_graph_description(mapped.bytes(), path.string());
}

HnswDescription check_hnsw(const std::filesystem::path& path) {
  const auto mapped = std::make_shared<const MappedFile>(path);
  const GraphFile file = parse_graph(mapped->bytes(), path.string(), mapped);
  file.graph.proof->all(nullptr);
  return {file.graph.size(), file.graph.codes.bits(), file.recall, {file.note.begin(), file.note.end()}};
}

}  // namespace akin
