// The vectors of one commit, ready to search: the mapped rows in the order of their chunks' ids, none copied, exactly or through the graph
// that lies beside them. Made at the first search and shared by all snapshots of the commit. Dead and damaged rows are never returned.
// Tested by dense_view_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "akin/base/context.h"
#include "akin/index/flat.h"
#include "akin/store/store.h"
#include "chunk_owners.h"
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
  [[nodiscard]] ChunkOwners& owners() const noexcept { return owners_; }
  /// The nearest chunks, only those of `among` if given. Errors are Snapshot::search_dense()'s.
  [[nodiscard]] std::vector<ScoredChunk> search(std::span<const float> query, const DenseOptions& options, const ChunkSet::Impl* among,
                                                Context& context) const;
  [[nodiscard]] DensePlan plan(const ChunkSet::Impl* among, const DenseOptions& options, Context& context) const;
  /// Store::refresh_graph() for these vectors; this view keeps the graph it has.
  bool refresh_graph(std::size_t max_bytes, Context& context) const;

 private:
  struct Ready;
  class Proof;

  /// `proved`: of rows whose checksums are right. Otherwise of all that are there where there is a graph, which reads few of them; what it
  /// reads is then proved row by row.
  std::shared_ptr<const Ready> ready(bool proved, Context& context) const;
  [[nodiscard]] std::shared_ptr<Ready> rows_in_order(const std::vector<SegmentView>& segments, bool proved) const;
  [[nodiscard]] GraphRows graph_rows(const Ready& now) const;
  /// What the index is asked; `rows` are those of `among`, if any.
  [[nodiscard]] static SearchParameters parameters_for(const Ready& now, const DenseOptions& options, const KeptRows* rows);
  static std::shared_ptr<const KeptRows> kept_rows(const std::shared_ptr<const Ready>& now, const ChunkSet::Impl& among);
  /// Proves and reads all that searches would prove and read bit by bit.
  void finish(const Ready& now, Context& context) const;
  struct Question;
  [[nodiscard]] std::vector<ScoredChunk> answer(const Question& question, const std::shared_ptr<const Ready>& now, const RowCheck* check,
                                                Context& context) const;

  std::filesystem::path folder_;
  std::shared_ptr<const VectorView> vectors_;
  StoreSpace space_;
  std::size_t dim_;
  Metric metric_;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const Ready> ready_;
  mutable ChunkSetCache chunk_sets_;
  mutable ChunkOwners owners_;
};

}  // namespace akin::store
