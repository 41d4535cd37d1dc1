// The one writer of a collection: turns a change into one commit. Vectors are written and synced first; then the database transaction that
// says they are there. Tested by store_test.cc and crash_test.cc.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "akin/store/store.h"
#include "segment.h"
#include "sqlite.h"
#include "vector_view.h"
#include "writer_lock.h"

namespace akin::store {

/// Rows under one checksum: what a flipped bit can cost. The ids of 64 rows fit into their table's page without an overflow page.
inline constexpr std::size_t kRowsOfARange = 64;

/// Which space's ranges: those that are searched, or those of the space in the making.
enum class RangeTable { current, next };

void check_finite(MatrixView<const float> vectors);

class Writer {
 public:
  /// Takes over the lock and clears away what interrupted writers left: uncommitted tails and files.
  Writer(const std::filesystem::path& folder, WriterLock lock, const StoreOptions& options);

  [[nodiscard]] const StoreSpace& space() const noexcept { return space_; }
  [[nodiscard]] const StoreOptions& options() const noexcept { return options_; }
  void apply(const StoreChange& change);
  /// Whether the stamp could be written.
  bool keep_stamp(const std::string& stamp);
  void compact(double dead_share);
  std::uint64_t begin_space(const StoreSpace& space);
  void add_to_next_space(std::span<const std::uint64_t> chunk_ids, MatrixView<const float> vectors);
  void switch_space();
  void drop_next_space();

 private:
  void clear_leftovers();
  void trim_tail(std::uint64_t segment, std::uint64_t bytes) const;
  void open_segment();
  SegmentHeader header(std::uint64_t segment) const;
  void remove_segment(std::uint64_t segment) const;
  void unlink_all(const std::vector<std::uint64_t>& segments) const;

  void remove_source(const std::string& path);
  void remove_document(const std::string& uri);
  void remove_rows(std::int64_t document, std::string_view title);
  void move_source(const SourceMove& move);
  void retitle(std::int64_t document, std::string_view from, std::string_view to);
  std::int64_t source_row(const std::string& path);
  // Documents: see put_documents.cc.
  /// Documents whose chunks get the ids from `first_chunk` on.
  void put_documents(std::span<const StoredDocument> documents, std::uint64_t first_chunk);
  /// The same for uris that are there once and not yet known.
  void put_new_documents(std::span<const StoredDocument> documents, std::uint64_t first_chunk);
  void put_metadata(std::span<const StoredDocument> documents, std::uint64_t first_document);
  void put_chunks(std::span<const StoredDocument> documents, std::uint64_t first_document, std::uint64_t first_chunk);
  /// What chunks are found by. One without any text has no words.
  struct ChunkText {
    std::uint64_t chunk = 0;
    std::string_view title, headings, text;
  };
  void index_text(const ChunkText& chunk);
  void forget_text(const ChunkText& chunk);
  void put_source(const SourceState& state);
  /// As the vectors of the chunks from `first_chunk` on; not synced yet.
  void append_vectors(MatrixView<const float> vectors, std::uint64_t first_chunk);
  /// Appends in ranges of kRowsOfARange; the rows are not synced yet.
  void append_ranges(SegmentWriter& segment, RangeTable table, MatrixView<const float> vectors, std::span<const std::uint64_t> chunk_ids);
  void put_range(RangeTable table, std::uint64_t segment, const VectorRange& range, std::span<const std::uint64_t> chunk_ids);
  void next_generation();

  // Compaction: see compaction.cc.
  struct Victim {
    std::uint64_t segment = 0, n_live = 0;
  };
  bool is_due();
  std::vector<Victim> choose_victims(double dead_share);
  void compact_vectors(double dead_share);
  void rewrite(std::span<const Victim> group);
  void compact_text();
  void shrink_database();

  // The next space: see next_space.cc.
  void open_next_segment(const StoreSpace& space);
  std::vector<std::uint64_t> next_segments();
  void mark_removed_chunks_dead();

  std::filesystem::path folder_;
  WriterLock lock_;
  StoreOptions options_;
  Connection db_;
  StoreSpace space_;
  std::optional<SegmentWriter> segment_;  // where the next rows go
  std::uint64_t committed_rows_ = 0;      // of segment_
  std::uint64_t next_segment_ = 1;        // number for a new one
  std::optional<SegmentWriter> next_space_segment_;
  std::uint64_t next_space_rows_ = 0;  // committed, of next_space_segment_
};

}  // namespace akin::store
