// The vectors of one commit, ready to search: the mapped rows in the order of their chunks' ids, none copied, exactly or through the graph
// that lies beside them. Made at the first search and shared by all snapshots of the commit. Dead and damaged rows are never returned.
// Tested by dense_view_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "akin/base/context.h"
#include "akin/index/flat.h"
#include "akin/store/store.h"
#include "chunk_set.h"
#include "graph_cache.h"
#include "vector_view.h"

namespace akin::store {

class DenseView {
 public:
  DenseView(std::filesystem::path folder, std::shared_ptr<const VectorView> vectors, const StoreSpace& space);

  [[nodiscard]] const StoreSpace& space() const noexcept { return space_; }
  [[nodiscard]] const VectorView& vectors() const noexcept { return *vectors_; }
  [[nodiscard]] const std::shared_ptr<const VectorView>& shared_vectors() const noexcept { return vectors_; }
  /// The sets of chunks last asked for in this commit.
  [[nodiscard]] ChunkSetCache& chunk_sets() const noexcept { return chunk_sets_; }
  /// The nearest chunks, only those of `among` if given. Errors are Snapshot::search_dense()'s.
  [[nodiscard]] std::vector<ScoredChunk> search(std::span<const float> query, const DenseOptions& options, const ChunkSet::Impl* among,
                                                Context& context) const;
  [[nodiscard]] DensePlan plan(const ChunkSet::Impl* among, const DenseOptions& options, Context& context) const;
  /// Store::refresh_graph() for these vectors; this view keeps the graph it has.
  bool refresh_graph(std::size_t max_bytes, Context& context) const;

 private:
  struct Ready {
    std::vector<std::uint64_t> chunk_ids;  // of each row of the index, ascending
    std::vector<std::uint64_t> usable;     // a bit a row; empty if all are
    std::size_t n_usable = 0;
    VectorSet vectors{1};
    std::optional<FlatIndex> flat;  // there is one of the two if a row can be searched
    std::optional<HnswIndex> graph;
    [[nodiscard]] const Index& index() const noexcept { return graph ? static_cast<const Index&>(*graph) : *flat; }
  };

  const Ready& ready(Context& context) const;
  [[nodiscard]] GraphRows graph_rows(const Ready& now) const;
  /// What the index is asked; `rows` are those of `among`, if any.
  [[nodiscard]] static SearchParameters parameters_for(const Ready& now, const DenseOptions& options, const KeptRows* rows);
  std::shared_ptr<const KeptRows> kept_rows(const Ready& now, const ChunkSet::Impl& among) const;

  std::filesystem::path folder_;
  std::shared_ptr<const VectorView> vectors_;
  StoreSpace space_;
  std::size_t dim_;
  Metric metric_;
  mutable std::mutex mutex_;
  mutable std::optional<Ready> ready_;
  mutable ChunkSetCache chunk_sets_;
};

}  // namespace akin::store
