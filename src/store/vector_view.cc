#include "vector_view.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "akin/base/error.h"

namespace akin::store {
namespace {

[[noreturn]] void bad_table(const Connection& connection, std::uint64_t segment, const char* what) {
  throw Error(ErrorCode::corrupt, connection.file().string() + ": table vector_ranges, segment " + std::to_string(segment) + ": " + what);
}

/// Appends a range's row owners; they must ascend within the segment.
void add_ids(const Connection& connection, SegmentView& segment, std::span<const std::byte> blob, std::uint64_t n_rows) {
  if (n_rows == 0 || blob.size() / sizeof(std::uint64_t) != n_rows || blob.size() % sizeof(std::uint64_t) != 0)
    bad_table(connection, segment.id, "the number of chunk ids is not the number of rows");
  const std::size_t old = segment.chunk_ids.size();
  segment.chunk_ids.resize(old + n_rows);
  std::memcpy(segment.chunk_ids.data() + old, blob.data(), blob.size());
  const auto from = segment.chunk_ids.begin() + static_cast<std::ptrdiff_t>(old == 0 ? 0 : old - 1);
  if (std::adjacent_find(from, segment.chunk_ids.end(), std::greater_equal<>()) != segment.chunk_ids.end())
    bad_table(connection, segment.id, "the chunk ids do not ascend");
}

}  // namespace

void VectorView::read_ranges(const Connection& connection, Statement& ranges) {
  while (ranges.step()) {
    const auto id = static_cast<std::uint64_t>(ranges.integer(0));
    if (segments_.empty() || segments_.back().id != id) segments_.emplace_back().id = id;
    SegmentView& segment = segments_.back();
    const VectorRange range{static_cast<std::uint64_t>(ranges.integer(1)), static_cast<std::uint64_t>(ranges.integer(2)),
                            static_cast<std::uint32_t>(ranges.integer(3))};
    if (range.first_row != segment.n_rows()) bad_table(connection, id, "rows are missing or told twice");
    add_ids(connection, segment, ranges.blob(4), range.n_rows);
    segment.ranges.push_back(range);
  }
  ranges.reset();
}

void VectorView::read_dead(Connection& connection) {
  Statement& dead = connection.statement("SELECT chunk_id FROM dead_vectors ORDER BY chunk_id");
  while (dead.step()) dead_.push_back(static_cast<std::uint64_t>(dead.integer(0)));
  dead.reset();
}

std::shared_ptr<const VectorView> VectorView::load_segments(Connection& connection, const std::filesystem::path& folder,
                                                            const StoreSpace& space, std::span<const std::uint64_t> segments) {
  auto view = std::make_shared<VectorView>();
  for (const std::uint64_t segment : segments) {
    Statement& ranges =
        connection.statement("SELECT segment, first_row, n_rows, crc, chunk_ids FROM vector_ranges WHERE segment = ?1 ORDER BY first_row");
    view->read_ranges(connection, ranges.bind(segment));
  }
  view->read_dead(connection);
  view->map_files(folder, space, nullptr);
  return view;
}

std::shared_ptr<const VectorView> VectorView::load_next(Connection& connection, const std::filesystem::path& folder,
                                                        const StoreSpace& space) {
  auto view = std::make_shared<VectorView>();
  Statement ranges(connection, "SELECT segment, first_row, n_rows, crc, chunk_ids FROM next_ranges ORDER BY segment, first_row");
  view->read_ranges(connection, ranges);
  view->map_files(folder, space, nullptr);
  return view;
}

void VectorView::map_files(const std::filesystem::path& folder, const StoreSpace& space, const VectorView* previous) {
  for (SegmentView& segment : segments_) {
    if (previous != nullptr) {
      const auto old =
          std::find_if(previous->segments_.begin(), previous->segments_.end(), [&](const auto& s) { return s.id == segment.id; });
      if (old != previous->segments_.end() && old->reader != nullptr && old->reader->n_rows() >= segment.n_rows())
        segment.reader = old->reader;
    }
    if (segment.reader != nullptr) continue;
    try {
      const SegmentHeader header{segment.id, static_cast<std::uint32_t>(space.dim), space.fingerprint};
      segment.reader = std::make_shared<const SegmentReader>(folder, header);
    } catch (const Error& error) {
      segment.fault = error.what();
      if (error.code() == ErrorCode::not_found) missing_file_ = true;
    }
  }
  mark_there();
}

void VectorView::mark_there() {
  for (SegmentView& segment : segments_) {
    const std::uint64_t n = segment.reader == nullptr ? 0 : std::min(segment.n_rows(), segment.reader->n_rows());
    segment.there.assign(segment.n_rows(), 0);
    std::fill_n(segment.there.begin(), n, std::uint8_t{1});
    auto dead = dead_.begin();
    for (std::size_t row = 0; row < n && dead != dead_.end(); ++row) {
      dead = std::lower_bound(dead, dead_.end(), segment.chunk_ids[row]);
      if (dead != dead_.end() && *dead == segment.chunk_ids[row]) segment.there[row] = 0;
    }
    proofs_.emplace_back(segment.ranges.size(), Proof::none);
  }
}

/// Ranges are added behind those that are there, and go with their segment.
void VectorView::take_proofs(const VectorView& previous) {
  for (std::size_t s = 0; s < segments_.size(); ++s) {
    const auto old = std::ranges::find(previous.segments_, segments_[s].id, &SegmentView::id);
    if (old == previous.segments_.end()) continue;
    const std::vector<Proof>& proofs = previous.proofs_[static_cast<std::size_t>(old - previous.segments_.begin())];
    for (std::size_t r = 0; r < std::min(proofs.size(), proofs_[s].size()); ++r)
      if (proofs[r] == Proof::right && old->ranges[r] == segments_[s].ranges[r]) proofs_[s][r] = Proof::right;
  }
}

std::shared_ptr<const VectorView> VectorView::load(Connection& connection, const std::filesystem::path& folder, const StoreSpace& space,
                                                   std::uint64_t generation, const VectorView* previous) {
  auto view = std::make_shared<VectorView>();
  view->generation_ = generation;
  view->read_ranges(
      connection, connection.statement("SELECT segment, first_row, n_rows, crc, chunk_ids FROM vector_ranges ORDER BY segment, first_row"));
  view->read_dead(connection);
  if (previous != nullptr) {
    view->map_files(folder, space, previous);
    const std::lock_guard lock(previous->mutex_);
    view->take_proofs(*previous);
  } else {
    view->map_files(folder, space, nullptr);
  }
  return view;
}

std::size_t VectorView::n_rows() const noexcept {
  std::size_t n = 0;
  for (const SegmentView& segment : segments_) n += segment.chunk_ids.size();
  return n;
}

bool VectorView::is_dead(std::uint64_t chunk_id) const noexcept { return std::binary_search(dead_.begin(), dead_.end(), chunk_id); }

void VectorView::report(const SegmentView& segment, const VectorRange& range, const std::string& what) const {
  const std::size_t known = damaged_chunks_.size();
  for (std::uint64_t row = range.first_row; row < range.first_row + range.n_rows; ++row) {
    if (!is_dead(segment.chunk_ids[row])) damaged_chunks_.push_back(segment.chunk_ids[row]);
  }
  // Rows that no chunk needs any more are no loss, whatever they hold.
  if (damaged_chunks_.size() > known) damage_.push_back(what);
}

bool VectorView::prove(std::size_t segment, std::size_t range) const {
  Proof& proof = proofs_[segment][range];
  if (proof == Proof::none) {
    const SegmentReader* reader = segments_[segment].reader.get();
    const VectorRange& rows = segments_[segment].ranges[range];
    const bool right =
        reader != nullptr && rows.first_row + rows.n_rows <= reader->n_rows() && reader->checksum(rows.first_row, rows.n_rows) == rows.crc;
    proof = right ? Proof::right : Proof::wrong;
  }
  return proof == Proof::right;
}

void VectorView::prove_all(std::span<const std::pair<std::size_t, std::size_t>> ranges, Context* context) const {
  const auto prove_some = [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) prove(ranges[i].first, ranges[i].second);
  };
  if (context == nullptr) return prove_some(0, ranges.size());
  context->pool.parallel_for(ranges.size(), 16, prove_some);  // a mebibyte and a half at 384 dimensions
}

std::pair<std::size_t, std::size_t> VectorView::range_of(const Place& place) const {
  const std::vector<VectorRange>& ranges = segments_[place.segment].ranges;
  const auto behind = std::ranges::upper_bound(ranges, place.row, {}, &VectorRange::first_row);
  return {place.segment, static_cast<std::size_t>(behind - ranges.begin()) - 1};
}

bool VectorView::proves(std::span<const Place> rows, Context* context) const {
  std::vector<std::pair<std::size_t, std::size_t>> ranges;
  for (const Place& place : rows) ranges.push_back(range_of(place));
  std::ranges::sort(ranges);
  ranges.erase(std::unique(ranges.begin(), ranges.end()), ranges.end());
  const std::lock_guard lock(mutex_);
  prove_all(ranges, context);
  return std::ranges::all_of(ranges, [&](const auto& range) { return prove(range.first, range.second); });
}

void VectorView::verify(Context* context) const {
  std::vector<std::pair<std::size_t, std::size_t>> tasks;  // segment, range
  for (std::size_t s = 0; s < segments_.size(); ++s) {
    segments_[s].usable = segments_[s].there;
    for (std::size_t r = 0; r < segments_[s].ranges.size(); ++r) tasks.emplace_back(s, r);
  }
  prove_all(tasks, context);
  for (const auto& [s, r] : tasks) {
    if (proofs_[s][r] == Proof::right) continue;
    SegmentView& segment = segments_[s];
    const VectorRange& range = segment.ranges[r];
    std::fill_n(segment.usable.begin() + static_cast<std::ptrdiff_t>(range.first_row), range.n_rows, std::uint8_t{0});
    const std::string rows = "rows " + std::to_string(range.first_row) + " to " + std::to_string(range.first_row + range.n_rows - 1);
    if (segment.reader == nullptr) {
      report(segment, range, segment.fault + " (" + rows + ")");
    } else if (range.first_row + range.n_rows > segment.reader->n_rows()) {
      report(segment, range, segment.reader->path().string() + ": is too short, " + rows + " are missing");
    } else {
      report(segment, range, segment.reader->path().string() + ": " + rows + " are damaged: their checksum is wrong");
    }
  }
  for (SegmentView& segment : segments_)
    segment.n_usable = static_cast<std::uint64_t>(std::count(segment.usable.begin(), segment.usable.end(), std::uint8_t{1}));
  std::sort(damaged_chunks_.begin(), damaged_chunks_.end());
  verified_ = true;
}

const std::vector<SegmentView>& VectorView::verified(Context* context) const {
  const std::lock_guard lock(mutex_);
  if (!verified_) verify(context);
  return segments_;
}

const std::vector<std::string>& VectorView::damage(Context* context) const {
  verified(context);
  return damage_;
}

const std::vector<std::uint64_t>& VectorView::damaged_chunks(Context* context) const {
  verified(context);
  return damaged_chunks_;
}

std::span<const float> VectorView::vector_of(std::uint64_t chunk_id) const {
  for (std::size_t s = 0; s < segments_.size(); ++s) {
    const SegmentView& segment = segments_[s];
    const auto at = std::lower_bound(segment.chunk_ids.begin(), segment.chunk_ids.end(), chunk_id);
    if (at == segment.chunk_ids.end() || *at != chunk_id) continue;
    const auto row = static_cast<std::size_t>(at - segment.chunk_ids.begin());
    const Place place{s, row};
    if (segment.there[row] != 0 && proves({&place, 1}, nullptr)) return segment.reader->rows(row, 1).row(0);
  }
  return {};
}

}  // namespace akin::store
