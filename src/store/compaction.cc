// Gives back the space of dead rows: their segments' live rows go to new segments, one commit puts these in the place of the old, and the
// old files are removed. Readers that have them mapped keep them until they let go. Done in steps that rewrite at most a segment's size of
// live rows, each a commit, so that disk and memory are bounded by the step and an interruption loses one step. See writer.h.
#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "akin/base/error.h"
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

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;
/// Text is merged and pages are given back in commits of about this many pages, 4 MiB.
constexpr int kPagesOfAStep = 1000;

std::size_t rows_of_a_block(std::size_t dim) { return std::max<std::size_t>(1, kBlockBytes / (dim * sizeof(float))); }

std::uint32_t checksum_of(const SegmentReader& reader, const VectorRange& range) {
  const std::uint32_t crc = reader.checksum(range.first_row, range.n_rows);
  reader.forget(range.first_row, range.n_rows);
  return crc;
}

/// Whether a live row may be.
bool is_damaged(const VectorView& view, const SegmentView& segment) {
  if (segment.reader == nullptr) return true;
  return std::any_of(segment.ranges.begin(), segment.ranges.end(), [&](const VectorRange& range) {
    const auto first = segment.chunk_ids.begin() + static_cast<std::ptrdiff_t>(range.first_row);
    const auto last = first + static_cast<std::ptrdiff_t>(range.n_rows);
    if (std::all_of(first, last, [&](std::uint64_t id) { return view.is_dead(id); })) return false;
    return range.first_row + range.n_rows > segment.reader->n_rows() || checksum_of(*segment.reader, range) != range.crc;
  });
}

std::vector<LiveRow> live_rows(const VectorView& view) {
  std::vector<LiveRow> rows;
  for (const SegmentView& segment : view.segments()) {
    for (std::uint64_t row = 0; row < segment.n_rows(); ++row) {
      if (!view.is_dead(segment.chunk_ids[row])) rows.push_back({segment.chunk_ids[row], &segment, row});
    }
  }
  std::sort(rows.begin(), rows.end(), [](const LiveRow& a, const LiveRow& b) { return a.chunk_id < b.chunk_id; });
  return rows;
}

std::vector<std::uint64_t> ids_of(std::span<const LiveRow> rows) {
  std::vector<std::uint64_t> ids;
  ids.reserve(rows.size());
  for (const LiveRow& row : rows) ids.push_back(row.chunk_id);
  return ids;
}

}  // namespace

/// By counts alone: a sum over a small table.
bool Writer::is_due() {
  const std::int64_t dead = db_.integer("SELECT count(*) FROM dead_vectors", 0);
  if (dead == 0) return false;
  const std::int64_t rows = db_.integer("SELECT sum(n_rows) FROM vector_ranges", 0);
  return static_cast<double>(dead) > options_.max_dead_share * static_cast<double>(rows);
}

/// Segments of which more than the share is dead. Damaged rows must not get a fresh, right checksum; wholly dead ones may go whatever they
/// hold.
std::vector<Writer::Victim> Writer::choose_victims(double dead_share) {
  std::vector<Victim> victims;
  const auto view = VectorView::load(db_, folder_, space_, read_generation(db_), nullptr);
  for (const SegmentView& segment : view->segments()) {
    const auto dead = static_cast<std::uint64_t>(
        std::count_if(segment.chunk_ids.begin(), segment.chunk_ids.end(), [&](std::uint64_t id) { return view->is_dead(id); }));
    if (dead == 0 || static_cast<double>(dead) <= dead_share * static_cast<double>(segment.n_rows())) continue;
    if (dead == segment.n_rows() || !is_damaged(*view, segment)) victims.push_back({segment.id, segment.n_rows() - dead});
  }
  return victims;
}

void Writer::rewrite(std::span<const Victim> group) {
  std::vector<std::uint64_t> gone;
  for (const Victim& victim : group) gone.push_back(victim.segment);
  {
    Transaction transaction(db_, true);
    const auto view = VectorView::load_segments(db_, folder_, space_, gone);
    const std::vector<LiveRow> rows = live_rows(*view);
    const std::size_t rows_of_a_segment = std::max<std::size_t>(1, options_.max_segment_bytes / (space_.dim * sizeof(float)));
    Matrix<float> block = Matrix<float>::uninitialized(rows_of_a_block(space_.dim), space_.dim);
    for (std::size_t begin = 0; begin < rows.size(); begin += rows_of_a_segment) {
      const auto part = std::span(rows).subspan(begin, std::min(rows_of_a_segment, rows.size() - begin));
      SegmentWriter out = SegmentWriter::create(folder_, header(next_segment_));
      ++next_segment_;
      for (std::size_t done = 0; done < part.size(); done += block.rows()) {
        const auto some = part.subspan(done, std::min(block.rows(), part.size() - done));
        for (std::size_t i = 0; i < some.size(); ++i) {
          const MatrixView<const float> row = some[i].segment->reader->rows(some[i].row, 1);
          std::memcpy(block.row(i).data(), row.data(), space_.dim * sizeof(float));
        }
        append_ranges(out, RangeTable::current, std::as_const(block).view().middle_rows(0, some.size()), ids_of(some));
        for (const SegmentView& segment : view->segments()) segment.reader->forget(0, std::min(segment.n_rows(), segment.reader->n_rows()));
      }
      out.sync();
    }
    for (const SegmentView& segment : view->segments()) {
      db_.statement("DELETE FROM vector_ranges WHERE segment = ?1").bind(segment.id).run();
      for (const std::uint64_t id : segment.chunk_ids) {
        if (view->is_dead(id)) db_.statement("DELETE FROM dead_vectors WHERE chunk_id = ?1").bind(id).run();
      }
    }
    next_generation();
    transaction.commit();
  }
  if (segment_ && std::find(gone.begin(), gone.end(), segment_->id()) != gone.end()) segment_.reset();
  unlink_all(gone);
}

void Writer::compact_vectors(double dead_share) {
  std::vector<Victim> victims;
  {
    const Transaction reading(db_, false);
    victims = choose_victims(dead_share);
  }
  const std::uint64_t rows_of_a_step = std::max<std::uint64_t>(1, options_.max_segment_bytes / (space_.dim * sizeof(float)));
  for (std::size_t begin = 0; begin < victims.size();) {
    std::size_t end = begin;
    for (std::uint64_t n_live = 0; end < victims.size() && (end == begin || n_live + victims[end].n_live <= rows_of_a_step); ++end)
      n_live += victims[end].n_live;
    rewrite(std::span(victims).subspan(begin, end - begin));
    begin = end;
  }
}

/// FTS5 only marks what is deleted; where many chunks went, its index is merged into one without them.
void Writer::compact_text() {
  const std::int64_t removed = db_.integer("SELECT value FROM meta WHERE key = 'removed_chunks'", 0);
  if (removed * 5 <= db_.integer("SELECT count(*) FROM chunks", 0)) return;
  // Each merge is a commit; the last has nothing left to do, and changes but the row that asks for it.
  for (std::int64_t n_changed = 2, pages = -kPagesOfAStep; n_changed >= 2; pages = kPagesOfAStep) {
    Transaction transaction(db_, true);
    const std::int64_t before = db_.integer("SELECT total_changes()", 0);
    db_.statement("INSERT INTO chunk_text(chunk_text, rank) VALUES('merge', ?1)").bind(pages).run();
    n_changed = db_.integer("SELECT total_changes()", 0) - before;
    transaction.commit();
  }
  Transaction transaction(db_, true);
  db_.statement("DELETE FROM meta WHERE key = 'removed_chunks'").run();
  transaction.commit();
}

void Writer::shrink_database() {
  const std::int64_t pages = db_.integer("PRAGMA page_count", 0);
  std::int64_t unused = db_.integer("PRAGMA freelist_count", 0);
  if (unused * 5 > pages) {
    for (std::int64_t before = unused + 1; unused > 0 && unused < before; unused = db_.integer("PRAGMA freelist_count", 0)) {
      before = unused;
      db_.exec(("PRAGMA incremental_vacuum(" + std::to_string(kPagesOfAStep) + ")").c_str());
    }
  }
  // Folds the log into the database and empties it; where a reader is in the way it stays for later.
  db_.wait_for_locks(0);
  Statement checkpoint(db_, "PRAGMA wal_checkpoint(TRUNCATE)");
  checkpoint.run();
  db_.wait_for_locks(kLockMilliseconds);
}

void Writer::compact(double dead_share) {
  compact_vectors(dead_share);
  compact_text();
  shrink_database();
}

}  // namespace akin::store
