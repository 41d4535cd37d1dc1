// The one writer of a collection: turns a change into one commit. Vectors are written and synced first; then the database transaction that
// says they are there. Tested by store_test.cc and crash_test.cc.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "akin/store/store.h"
#include "segment.h"
#include "sqlite.h"
#include "vector_view.h"
#include "writer_lock.h"

namespace akin::store {

class Writer {
 public:
  /// Takes over the lock and clears away what interrupted writers left: uncommitted tails and files.
  Writer(const std::filesystem::path& folder, WriterLock lock, const StoreOptions& options);

  [[nodiscard]] const StoreSpace& space() const noexcept { return space_; }
  void apply(const StoreChange& change);
  void compact(double dead_share);

 private:
  void clear_leftovers();
  void trim_tail(std::uint64_t segment, std::uint64_t n_rows) const;
  void open_segment();
  SegmentHeader header(std::uint64_t segment) const;

  void remove_source(const std::string& path);
  void remove_document(const std::string& uri);
  void remove_rows(std::int64_t document, std::string_view title);
  std::int64_t source_row(const std::string& path);
  void put_document(const StoredDocument& document, std::vector<std::uint64_t>& chunk_ids);
  void put_source(const SourceState& state);
  void append_vectors(MatrixView<const float> vectors, const std::vector<std::uint64_t>& chunk_ids);
  void put_range(std::uint64_t segment, std::uint64_t first_row, const std::vector<std::uint64_t>& chunk_ids, std::uint32_t crc);
  void next_generation();

  std::vector<std::uint64_t> choose_victims(const VectorView& view, double dead_share) const;
  void rewrite(const VectorView& view, const std::vector<std::uint64_t>& victims);
  void shrink_database();

  std::filesystem::path folder_;
  WriterLock lock_;
  StoreOptions options_;
  Connection db_;
  StoreSpace space_;
  std::optional<SegmentWriter> segment_;  // where the next rows go
  std::uint64_t committed_rows_ = 0;      // of segment_
  std::uint64_t next_segment_ = 1;
};

}  // namespace akin::store
