// A second space beside the current one: its vectors lie in segments of their own, told in tables of their own that are there only as long
// as it is in the making, so that nothing that reads the current space can meet them. The switch moves their ranges into the place of the
// old ones in one commit. Contract: Store::begin_space(). Tested by next_space_test.cc.
#include <algorithm>
#include <utility>

#include "akin/base/error.h"
#include "schema.h"
#include "writer.h"

namespace akin::store {
namespace {

constexpr const char* kTables = R"sql(
CREATE TABLE next_space(
  model TEXT NOT NULL, fingerprint TEXT NOT NULL, dim INTEGER NOT NULL, metric TEXT NOT NULL, done_chunk INTEGER NOT NULL);
CREATE TABLE next_ranges(
  segment INTEGER NOT NULL, first_row INTEGER NOT NULL, n_rows INTEGER NOT NULL, crc INTEGER NOT NULL, chunk_ids BLOB NOT NULL,
  PRIMARY KEY(segment, first_row)) WITHOUT ROWID;
)sql";

bool is_same(const StoreSpace& a, const StoreSpace& b) { return a.fingerprint == b.fingerprint && a.dim == b.dim && a.metric == b.metric; }

SegmentHeader header_of(const StoreSpace& space, std::uint64_t segment) {
  return {segment, static_cast<std::uint32_t>(space.dim), space.fingerprint};
}

NextSpaceRow wanted_next_space(Connection& db) {
  std::optional<NextSpaceRow> next = read_next_space(db);
  require(next.has_value(), "no next space was begun");
  return std::move(*next);
}

}  // namespace

std::vector<std::uint64_t> Writer::next_segments() {
  std::vector<std::uint64_t> segments;
  Statement list(db_, "SELECT DISTINCT segment FROM next_ranges");
  while (list.step()) segments.push_back(static_cast<std::uint64_t>(list.integer(0)));
  return segments;
}

std::uint64_t Writer::begin_space(const StoreSpace& space) {
  if (const auto next = read_next_space(db_); next && is_same(next->space, space)) {
    // What was added counts only if all of it is there.
    const auto view = VectorView::load_next(db_, folder_, next->space);
    if (view->damage(nullptr).empty()) return next->done_chunk;
  }
  drop_next_space();
  db_.settle();
  Transaction transaction(db_, true);
  db_.exec(kTables);
  using View = std::string_view;
  Statement insert(db_, "INSERT INTO next_space(model, fingerprint, dim, metric, done_chunk) VALUES(?1, ?2, ?3, ?4, 0)");
  insert.bind(View(space.model), View(space.fingerprint), space.dim, View(space.metric)).run();
  transaction.commit();
  return 0;
}

void Writer::open_next_segment(const StoreSpace& space) {
  if (next_space_segment_ && next_space_rows_ * space.dim * sizeof(float) < options_.max_segment_bytes) return;
  next_space_segment_ = SegmentWriter::create(folder_, header_of(space, next_segment_));
  ++next_segment_;
  next_space_rows_ = 0;
}

void Writer::add_to_next_space(std::span<const std::uint64_t> chunk_ids, MatrixView<const float> vectors) {
  const NextSpaceRow next = wanted_next_space(db_);
  require(!chunk_ids.empty() && vectors.rows() == chunk_ids.size(), "each chunk of the next space needs one vector");
  require(chunk_ids.front() > next.done_chunk && std::is_sorted(chunk_ids.begin(), chunk_ids.end(), std::less_equal<>()),
          "the chunks of the next space come in the order of their ids");
  if (vectors.cols() != next.space.dim)
    throw Error(ErrorCode::mismatch, "the next space's vectors have " + std::to_string(next.space.dim) + " numbers, the given ones " +
                                         std::to_string(vectors.cols()));
  check_finite(vectors);
  bool committing = false;
  try {
    Transaction transaction(db_, true);
    open_next_segment(next.space);
    append_ranges(*next_space_segment_, RangeTable::next, vectors, chunk_ids);
    next_space_segment_->sync();
    Statement done(db_, "UPDATE next_space SET done_chunk = ?1");
    done.bind(chunk_ids.back()).run();
    committing = true;
    transaction.commit();
  } catch (...) {
    // As in apply(): after a commit that failed the rows are not written over.
    if (committing) next_space_segment_.reset();
    if (next_space_segment_) next_space_segment_->rewind(next_space_rows_);
    throw;
  }
  next_space_rows_ = next_space_segment_->n_rows();
}

/// Chunks that were removed since they were added are dead rows of the space, those that came since must be in it.
void Writer::mark_removed_chunks_dead() {
  std::vector<std::uint64_t> chunks;
  Statement list(db_, "SELECT id FROM chunks");
  while (list.step()) chunks.push_back(static_cast<std::uint64_t>(list.integer(0)));
  std::sort(chunks.begin(), chunks.end());
  const auto view = VectorView::load(db_, folder_, space_, 0, nullptr);
  std::size_t n_found = 0;
  for (const SegmentView& segment : view->segments()) {
    for (const std::uint64_t id : segment.chunk_ids) {
      if (std::binary_search(chunks.begin(), chunks.end(), id)) {
        ++n_found;
      } else {
        db_.statement("INSERT INTO dead_vectors(chunk_id) VALUES(?1)").bind(id).run();
      }
    }
  }
  // The old vectors go with this commit: the new ones are proved first.
  if (const auto& damage = view->damage(nullptr); !damage.empty()) throw Error(ErrorCode::corrupt, damage.front());
  if (n_found != chunks.size())
    throw Error(ErrorCode::invalid_argument, std::to_string(chunks.size() - n_found) + " chunks have no vector in the next space");
}

void Writer::switch_space() {
  const NextSpaceRow next = wanted_next_space(db_);
  const StoreSpace old = space_;
  std::vector<std::uint64_t> gone;
  db_.settle();
  try {
    Transaction transaction(db_, true);
    Statement list(db_, "SELECT DISTINCT segment FROM vector_ranges");
    while (list.step()) gone.push_back(static_cast<std::uint64_t>(list.integer(0)));
    db_.exec("DELETE FROM vector_ranges; DELETE FROM dead_vectors; INSERT INTO vector_ranges SELECT * FROM next_ranges");
    write_space(db_, next.space);
    space_ = next.space;
    mark_removed_chunks_dead();
    list.reset();
    db_.exec("DROP TABLE next_ranges; DROP TABLE next_space");
    next_generation();
    db_.settle();
    transaction.commit();
  } catch (...) {
    space_ = old;
    throw;
  }
  segment_ = std::exchange(next_space_segment_, std::nullopt);
  committed_rows_ = next_space_rows_;
  unlink_all(gone);
}

void Writer::drop_next_space() {
  next_space_segment_.reset();
  if (!read_next_space(db_)) return;
  const std::vector<std::uint64_t> gone = next_segments();
  db_.settle();
  Transaction transaction(db_, true);
  db_.exec("DROP TABLE next_ranges; DROP TABLE next_space");
  transaction.commit();
  unlink_all(gone);
}

}  // namespace akin::store
