// Gives back the space of dead rows: their segments' live rows go to new segments, one commit puts these in the place of the old, and the
// old files are removed. Readers that have them mapped keep them until they let go. See writer.h.
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "akin/base/error.h"
#include "io_hook.h"
#include "schema.h"
#include "writer.h"

namespace akin::store {
namespace {

/// One live row of a segment that is to go.
struct LiveRow {
  std::uint64_t chunk_id;
  const SegmentView* segment;
  std::uint64_t row;
};

constexpr std::size_t kBlockRows = 512;

bool is_damaged(const SegmentView& segment) {
  if (segment.reader == nullptr) return true;
  return std::any_of(segment.ranges.begin(), segment.ranges.end(), [&](const VectorRange& range) {
    return range.first_row + range.n_rows > segment.reader->n_rows() ||
           segment.reader->checksum(range.first_row, range.n_rows) != range.crc;
  });
}

std::vector<LiveRow> live_rows(const VectorView& view, const std::vector<std::uint64_t>& victims) {
  std::vector<LiveRow> rows;
  for (const SegmentView& segment : view.segments()) {
    if (!std::binary_search(victims.begin(), victims.end(), segment.id)) continue;
    for (std::uint64_t row = 0; row < segment.n_rows(); ++row) {
      if (!view.is_dead(segment.chunk_ids[row])) rows.push_back({segment.chunk_ids[row], &segment, row});
    }
  }
  std::sort(rows.begin(), rows.end(), [](const LiveRow& a, const LiveRow& b) { return a.chunk_id < b.chunk_id; });
  return rows;
}

/// Copies rows to the end of `out` in blocks; gives their checksum.
std::uint32_t copy_rows(std::span<const LiveRow> rows, std::size_t dim, SegmentWriter& out) {
  Matrix<float> block = Matrix<float>::uninitialized(kBlockRows, dim);
  std::uint32_t crc = 0;
  for (std::size_t begin = 0; begin < rows.size(); begin += kBlockRows) {
    const std::size_t n = std::min(kBlockRows, rows.size() - begin);
    for (std::size_t i = 0; i < n; ++i) {
      const LiveRow& row = rows[begin + i];
      std::memcpy(block.row(i).data(), row.segment->reader->rows(row.row, 1).data(), dim * sizeof(float));
    }
    crc = out.append(std::as_const(block).view().middle_rows(0, n), crc);
  }
  return crc;
}

}  // namespace

std::vector<std::uint64_t> Writer::choose_victims(const VectorView& view, double dead_share) const {
  std::vector<std::uint64_t> victims;
  for (const SegmentView& segment : view.segments()) {
    const auto dead = static_cast<std::uint64_t>(
        std::count_if(segment.chunk_ids.begin(), segment.chunk_ids.end(), [&](std::uint64_t id) { return view.is_dead(id); }));
    if (dead == 0 || static_cast<double>(dead) <= dead_share * static_cast<double>(segment.n_rows())) continue;
    // Damaged rows must not get a fresh, right checksum; wholly dead ones may go whatever they hold.
    if (dead == segment.n_rows() || !is_damaged(segment)) victims.push_back(segment.id);
  }
  std::sort(victims.begin(), victims.end());
  return victims;
}

void Writer::rewrite(const VectorView& view, const std::vector<std::uint64_t>& victims) {
  const std::vector<LiveRow> rows = live_rows(view, victims);
  const std::size_t rows_per_segment = std::max<std::size_t>(1, options_.max_segment_bytes / (space_.dim * sizeof(float)));
  for (std::size_t begin = 0; begin < rows.size(); begin += rows_per_segment) {
    const auto part = std::span(rows).subspan(begin, std::min(rows_per_segment, rows.size() - begin));
    SegmentWriter out = SegmentWriter::create(folder_, header(next_segment_));
    ++next_segment_;
    const std::uint32_t crc = copy_rows(part, space_.dim, out);
    out.sync();
    std::vector<std::uint64_t> ids;
    for (const LiveRow& row : part) ids.push_back(row.chunk_id);
    put_range(out.id(), 0, ids, crc);
  }
  for (const SegmentView& segment : view.segments()) {
    if (!std::binary_search(victims.begin(), victims.end(), segment.id)) continue;
    db_.statement("DELETE FROM vector_ranges WHERE segment = ?1").bind(segment.id).run();
    for (const std::uint64_t id : segment.chunk_ids) {
      if (view.is_dead(id)) db_.statement("DELETE FROM dead_vectors WHERE chunk_id = ?1").bind(id).run();
    }
  }
}

void Writer::shrink_database() {
  const std::int64_t pages = db_.integer("PRAGMA page_count", 0);
  const std::int64_t unused = db_.integer("PRAGMA freelist_count", 0);
  if (unused * 5 > pages) db_.exec("PRAGMA incremental_vacuum");
  // Folds the log into the database and empties it; where a reader is in the way it stays for later.
  db_.wait_for_locks(0);
  Statement checkpoint(db_, "PRAGMA wal_checkpoint(TRUNCATE)");
  checkpoint.run();
  db_.wait_for_locks(kLockMilliseconds);
}

void Writer::compact(double dead_share) {
  std::vector<std::uint64_t> victims;
  {
    Transaction transaction(db_, true);
    const auto view = VectorView::load(db_, folder_, space_, read_generation(db_), nullptr);
    victims = choose_victims(*view, dead_share);
    if (!victims.empty()) {
      rewrite(*view, victims);
      // FTS5 only marks what is deleted; where many chunks went, its index is merged into one without them.
      db_.exec("INSERT INTO chunk_text(chunk_text) VALUES('optimize')");
      next_generation();
      transaction.commit();
    }
  }
  if (segment_ && std::binary_search(victims.begin(), victims.end(), segment_->id())) segment_.reset();
  for (const std::uint64_t id : victims) {
    const std::filesystem::path path = folder_ / segment_name(id);
    if (before_io({IoCall::remove, path.native(), -1, nullptr, 0, 0}) == 0) ::unlink(path.c_str());
  }
  shrink_database();
}

}  // namespace akin::store
