// The vectors of one commit, ready to search: mapped segments, whose chunk each row is, which rows are dead. Built from the database in one
// go, shared by all snapshots of that commit, carried over to the next. Checksums are proved once, when a row of their range is first
// looked at; rows of a damaged range are left out and reported. Tested by vector_view_test.cc.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "akin/base/context.h"
#include "akin/store/store.h"
#include "segment.h"
#include "sqlite.h"

namespace akin::store {

/// Rows that one commit appended to one segment.
struct VectorRange {
  std::uint64_t first_row = 0;
  std::uint64_t n_rows = 0;
  std::uint32_t crc = 0;
  friend bool operator==(const VectorRange&, const VectorRange&) = default;
};

struct SegmentView {
  std::uint64_t id = 0;
  std::shared_ptr<const SegmentReader> reader;  ///< null if the file cannot be used
  std::string fault;                            ///< why not
  std::vector<VectorRange> ranges;
  std::vector<std::uint64_t> chunk_ids;  ///< of each committed row, ascending
  std::vector<std::uint8_t> there;       ///< 1 for rows that are in the file and not dead
  std::vector<std::uint8_t> usable;      ///< after verified(): 1 for rows that are there and not damaged
  std::uint64_t n_usable = 0;

  [[nodiscard]] std::uint64_t n_rows() const noexcept { return chunk_ids.size(); }
};

class VectorView {
 public:
  /// Reads ranges and dead rows within the connection's transaction and maps the files, taking over from `previous` (may be null) what
  /// is already mapped and proved.
  static std::shared_ptr<const VectorView> load(Connection& connection, const std::filesystem::path& folder, const StoreSpace& space,
                                                std::uint64_t generation, const VectorView* previous);
  /// Some of the segments of the current space alone, with the dead rows among theirs.
  static std::shared_ptr<const VectorView> load_segments(Connection& connection, const std::filesystem::path& folder,
                                                         const StoreSpace& space, std::span<const std::uint64_t> segments);
  /// The space in the making.
  static std::shared_ptr<const VectorView> load_next(Connection& connection, const std::filesystem::path& folder, const StoreSpace& space);

  [[nodiscard]] std::uint64_t generation() const noexcept { return generation_; }
  [[nodiscard]] std::size_t n_rows() const noexcept;
  [[nodiscard]] std::size_t n_dead() const noexcept { return dead_.size(); }
  /// True if a segment's file is not there: damage, or a compaction that overtook this reader.
  [[nodiscard]] bool has_missing_file() const noexcept { return missing_file_; }
  /// Proves checksums not yet proved, once; `context` may be null (then on this thread).
  const std::vector<SegmentView>& verified(Context* context) const;
  /// As verified() found it: one line each.
  const std::vector<std::string>& damage(Context* context) const;
  /// Without a look at the rows.
  [[nodiscard]] const std::vector<SegmentView>& segments() const noexcept { return segments_; }
  /// A row of a segment.
  struct Place {
    std::size_t segment = 0;
    std::uint64_t row = 0;
  };
  /// Whether the checksums over these rows of the files are right; a range is read the first time. `context` may be null.
  bool proves(std::span<const Place> rows, Context* context) const;
  [[nodiscard]] bool is_dead(std::uint64_t chunk_id) const noexcept;
  /// Chunks whose vectors are damaged, ascending.
  const std::vector<std::uint64_t>& damaged_chunks(Context* context) const;
  /// Empty if there is none, it is dead or damaged.
  std::span<const float> vector_of(std::uint64_t chunk_id) const;

 private:
  void read_ranges(const Connection& connection, Statement& ranges);
  void read_dead(Connection& connection);
  void map_files(const std::filesystem::path& folder, const StoreSpace& space, const VectorView* previous);
  void take_proofs(const VectorView& previous);
  void mark_there();
  [[nodiscard]] std::pair<std::size_t, std::size_t> range_of(const Place& place) const;
  bool prove(std::size_t segment, std::size_t range) const;
  void prove_all(std::span<const std::pair<std::size_t, std::size_t>> ranges, Context* context) const;
  void verify(Context* context) const;
  void report(const SegmentView& segment, const VectorRange& range, const std::string& what) const;

  std::uint64_t generation_ = 0;
  bool missing_file_ = false;
  std::vector<std::uint64_t> dead_;  // ascending
  mutable std::mutex mutex_;
  mutable bool verified_ = false;
  mutable std::vector<SegmentView> segments_;
  mutable std::vector<std::string> damage_;
  mutable std::vector<std::uint64_t> damaged_chunks_;
  enum class Proof : std::uint8_t { none, right, wrong };
  mutable std::vector<std::vector<Proof>> proofs_;  // of each segment's ranges
};

}  // namespace akin::store
