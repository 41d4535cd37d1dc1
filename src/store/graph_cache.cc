#include "graph_cache.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <numeric>

#include "akin/base/error.h"
#include "akin/base/sha256.h"

namespace akin::store {
namespace {

// Shares of the vectors, as 1 / n: new ones that searches have to look at, and ones that went and are walked over.
constexpr std::size_t kMostLoose = 50;
constexpr std::size_t kMostGone = 10;

bool is_usable(const GraphRows& rows, std::size_t row) { return rows.usable.empty() || ((rows.usable[row / 64] >> (row % 64)) & 1U) != 0; }

/// SHA-256 of the fingerprint, then the chunks' ids.
std::vector<std::byte> note_of(const GraphRows& rows, std::span<const std::uint64_t> chunk_ids) {
  const std::array<std::uint8_t, 32> space = Sha256().update(rows.fingerprint).finish();
  std::vector<std::byte> note(space.size() + chunk_ids.size_bytes());
  std::memcpy(note.data(), space.data(), space.size());
  if (!chunk_ids.empty()) std::memcpy(note.data() + space.size(), chunk_ids.data(), chunk_ids.size_bytes());
  return note;
}

/// The ids in a note; nothing if it is of another space.
std::optional<std::vector<std::uint64_t>> ids_in(std::span<const std::byte> note, const GraphRows& rows) {
  const std::vector<std::byte> begin = note_of(rows, {});
  if (note.size() < begin.size() || (note.size() - begin.size()) % sizeof(std::uint64_t) != 0) return std::nullopt;
  if (!std::equal(begin.begin(), begin.end(), note.begin())) return std::nullopt;
  std::vector<std::uint64_t> ids((note.size() - begin.size()) / sizeof(std::uint64_t));
  if (!ids.empty()) std::memcpy(ids.data(), note.data() + begin.size(), ids.size() * sizeof(std::uint64_t));
  if (std::ranges::adjacent_find(ids, std::greater_equal<>()) != ids.end()) return std::nullopt;
  return ids;
}

struct Overlap {
  std::vector<std::uint64_t> rows_now;  // of each row of the graph
  std::size_t n_common = 0;
};

Overlap overlap_of(std::span<const std::uint64_t> ids, const GraphRows& rows) {
  Overlap overlap;
  overlap.rows_now.reserve(ids.size());
  std::size_t row = 0;
  for (const std::uint64_t id : ids) {
    while (row < rows.chunk_ids.size() && rows.chunk_ids[row] < id) ++row;
    const bool there = row < rows.chunk_ids.size() && rows.chunk_ids[row] == id && is_usable(rows, row);
    overlap.rows_now.push_back(there ? row : kNoRowNow);
    overlap.n_common += there ? 1 : 0;
  }
  return overlap;
}

/// A graph, and how many of its vectors have gone.
struct Opened {
  HnswIndex index;
  std::size_t n_gone = 0;
};

/// `whole`: all of it is checked now, and not as searches come by.
std::optional<Opened> opened(const std::filesystem::path& folder, const GraphRows& rows, bool whole, Context& context) {
  const std::filesystem::path path = folder / kGraphName;
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::nullopt;
  try {
    const auto ids = ids_in(describe_hnsw(path).note, rows);
    if (!ids) return std::nullopt;
    const Overlap overlap = overlap_of(*ids, rows);
    if (2 * overlap.n_common < rows.n_usable || 2 * overlap.n_common < ids->size()) return std::nullopt;
    HnswIndex index = load_hnsw(path, rows.vectors, overlap.rows_now).index;
    if (index.metric() != rows.metric) return std::nullopt;
    if (whole) index.prove(context);
    return Opened{std::move(index), ids->size() - overlap.n_common};
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled) throw;
    context.info(std::string("the graph is passed over: ") + error.what());
    return std::nullopt;
  }
}

/// Rows that can be searched, as a set of their own.
struct Usable {
  VectorSet vectors;
  std::vector<std::uint64_t> rows;  // in the set of all
  std::vector<std::uint64_t> chunk_ids;
};

Usable usable_of(const GraphRows& rows) {
  Usable usable{VectorSet(rows.vectors.dim()), {}, {}};
  for (const VectorSegment& segment : rows.vectors.segments()) {
    std::size_t begin = 0;
    for (std::size_t r = 0; r <= segment.rows.rows(); ++r) {
      if (r < segment.rows.rows() && is_usable(rows, segment.first_id + r)) {
        usable.rows.push_back(segment.first_id + r);
        usable.chunk_ids.push_back(rows.chunk_ids[segment.first_id + r]);
        continue;
      }
      if (begin < r) usable.vectors.add_segment(segment.rows.middle_rows(begin, r - begin));
      begin = r + 1;
    }
  }
  return usable;
}

/// A machine that has to write its memory to disk, or to end programs, is worse off than one that searches exactly.
void check_memory(const std::filesystem::path& folder, const GraphRows& rows, std::size_t max_bytes) {
  if (max_bytes == 0)
    max_bytes = static_cast<std::size_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) / 2;
  const std::size_t needed = hnsw_build_bytes(rows.n_usable, rows.vectors.dim(), {.metric = rows.metric});
  if (needed <= max_bytes) return;
  throw Error(ErrorCode::limit, (folder / kGraphName).string() + ": making it over " + std::to_string(rows.n_usable) + " vectors of " +
                                    std::to_string(rows.vectors.dim()) + " numbers takes " + std::to_string(needed >> 20) +
                                    " MiB of memory, " + std::to_string(max_bytes >> 20) + " MiB may be taken");
}

}  // namespace

bool is_unfinished_graph(std::string_view file_name) noexcept {
  return file_name.starts_with('.') && file_name.substr(1).starts_with(kGraphName) && file_name.size() > kGraphName.size() + 1;
}

std::optional<GraphInfo> describe_graph(const std::filesystem::path& folder) {
  try {
    const HnswDescription file = describe_hnsw(folder / kGraphName);
    GraphInfo info{file.n_vectors, file.code_bits, {}};
    for (const RecallAtEf& point : file.recall) info.recall.emplace_back(point.ef, point.recall);
    return info;
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::string graph_damage(const std::filesystem::path& folder) {
  std::error_code ignored;
  if (!std::filesystem::exists(folder / kGraphName, ignored)) return {};
  try {
    check_hnsw(folder / kGraphName);
    return {};
  } catch (const Error& error) {
    return error.what();
  }
}

std::optional<HnswIndex> open_graph(const std::filesystem::path& folder, const GraphRows& rows, Context& context) {
  if (rows.n_usable < kGraphRows) return std::nullopt;
  std::optional<Opened> found = opened(folder, rows, false, context);
  if (!found) return std::nullopt;
  return std::move(found->index);
}

bool refresh_graph(const std::filesystem::path& folder, const GraphRows& rows, std::size_t max_bytes, Context& context) {
  if (rows.n_usable < kGraphRows) return false;
  const std::optional<Opened> old = opened(folder, rows, true, context);
  const Usable usable = usable_of(rows);
  // Rows that cannot be searched are loose too.
  const std::size_t n_loose = old ? old->index.n_loose() - (rows.vectors.size() - usable.rows.size()) : 0;
  if (old && n_loose * kMostLoose <= rows.n_usable && old->n_gone * kMostGone <= rows.n_usable) return false;
  check_memory(folder, rows, max_bytes);
  const HnswIndex made =
      old ? update_hnsw(old->index, usable.vectors, usable.rows, context) : build_hnsw(usable.vectors, {.metric = rows.metric}, context);
  save_hnsw(made, folder / kGraphName, note_of(rows, usable.chunk_ids));
  return true;
}

}  // namespace akin::store
