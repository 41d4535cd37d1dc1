// The vectors of one commit as an exact index: the mapped rows in the order of their chunks' ids, none copied. Made at the first search and
// shared by all snapshots of the commit. Dead and damaged rows are never returned. Tested by dense_view_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "akin/base/context.h"
#include "akin/index/flat.h"
#include "akin/store/store.h"
#include "chunk_set.h"
#include "vector_view.h"

namespace akin::store {

class DenseView {
 public:
  DenseView(std::shared_ptr<const VectorView> vectors, const StoreSpace& space);

  [[nodiscard]] const VectorView& vectors() const noexcept { return *vectors_; }
  [[nodiscard]] const std::shared_ptr<const VectorView>& shared_vectors() const noexcept { return vectors_; }
  /// The sets of chunks last asked for in this commit.
  [[nodiscard]] ChunkSetCache& chunk_sets() const noexcept { return chunk_sets_; }
  /// The `k` nearest chunks, only those of `among` if given. Errors are Snapshot::search_dense()'s.
  [[nodiscard]] std::vector<ScoredChunk> search(std::span<const float> query, std::size_t k, const ChunkSet::Impl* among,
                                                Context& context) const;
  [[nodiscard]] DensePlan plan(const ChunkSet::Impl* among, Context& context) const;

 private:
  struct Ready {
    std::vector<std::uint64_t> chunk_ids;  // of each row of the index, ascending
    std::vector<std::uint64_t> usable;     // a bit a row; empty if all are
    std::size_t n_usable = 0;
    std::optional<FlatIndex> index;
  };

  const Ready& ready(Context& context) const;
  std::shared_ptr<const KeptRows> kept_rows(const Ready& now, const ChunkSet::Impl& among) const;

  std::shared_ptr<const VectorView> vectors_;
  std::size_t dim_;
  Metric metric_;
  mutable std::mutex mutex_;
  mutable std::optional<Ready> ready_;
  mutable ChunkSetCache chunk_sets_;
};

}  // namespace akin::store
