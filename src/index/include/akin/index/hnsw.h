// Approximate search by a navigable small-world graph: each row is linked to near rows in all directions, and a search walks from link to
// link towards the query (Malkov & Yashunin, HNSW, 2018; links chosen as DiskANN does: Jayaram Subramanya et al., 2019). The walk compares
// by codes of 4 or 8 bits a dimension (akin/space/code_table.h); what it found is measured by the floats. In place of upper levels a sample
// of √n rows is looked at for the place to begin: docs/adr/0009 says why. Exact neighbours: see flat.h. Tested by hnsw_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "akin/index/index.h"
#include "akin/space/vector_set.h"

namespace akin {

struct HnswOptions {
  Metric metric = Metric::cosine;
  int degree = 64;      ///< links a node, 8–256: more is slower to build and larger (4 bytes each), and finds more at the same ef
  int build_beam = 96;  ///< candidates kept while a node is placed, degree / 2 – 4096
  float alpha = 1.15F;  ///< 1–2: how much nearer a linked neighbour must be to a row to stand in for a link to it
  /// 4 or 8 a dimension as the walk sees it. 0: 4, or 8 where the index's own vectors show that 4 do not tell rows apart.
  int code_bits = 0;
};

/// What a search finds of the ten nearest when it keeps `ef` candidates.
struct RecallAtEf {
  std::size_t ef = 0;
  float recall = 0;
  friend bool operator==(const RecallAtEf&, const RecallAtEf&) = default;
};

class HnswIndex final : public Index {
 public:
  struct Impl;
  explicit HnswIndex(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

  [[nodiscard]] std::size_t size() const noexcept override;
  [[nodiscard]] std::size_t dim() const noexcept override;
  [[nodiscard]] Metric metric() const noexcept override;
  /// Searches keep SearchParameters::ef candidates, or as many as recall() asks for. A filter that keeps few rows is answered exactly, by
  /// looking at those rows; so is a search for a large part of all rows. There are k hits whenever k rows pass the filter.
  [[nodiscard]] std::unique_ptr<Searcher> searcher() const override;

  /// Measured when the graph was made, on a sample of its own rows, each searched for as if it were not there. Rising; empty if there are
  /// too few rows to measure.
  [[nodiscard]] const std::vector<RecallAtEf>& recall() const noexcept;
  /// The candidates to keep for a recall of `target` among the `k` nearest, by recall(); 0 if only an exact search is that sure.
  [[nodiscard]] std::size_t ef_for(float target, std::size_t k) const noexcept;

  /// Whether such a search walks through the graph; otherwise it is exact.
  [[nodiscard]] bool walks(const SearchParameters& parameters) const;
  /// Reads all of a loaded graph against its checksums. Throws Error{corrupt} naming the place.
  void prove(Context& context) const;
  /// Works out now what searches work out of each row that they come to: a pass over all rows, for an index that is searched often.
  void read_ahead(Context& context) const;
  /// Rows that the graph does not have, as load_hnsw() may leave them.
  [[nodiscard]] std::size_t n_loose() const noexcept;
  [[nodiscard]] int code_bits() const noexcept;
  /// Of links and codes.
  [[nodiscard]] std::size_t n_bytes() const noexcept;

 private:
  friend HnswIndex update_hnsw(const HnswIndex& index, const VectorSet& vectors, std::span<const std::uint64_t> old_rows, Context& context);
  friend void save_hnsw(const HnswIndex& index, const std::filesystem::path& path, std::span<const std::byte> note);
  std::shared_ptr<const Impl> impl_;
};

/// Builds a graph over rows that must outlive the index. The result depends on `vectors`, `options` and `context.seed` only, never on the
/// number of threads. O(n log n) comparisons of codes: 100,000 × 384 in about 8 s on two threads. Takes 4 · degree + dim / 2 + 12 bytes a
/// row, while it builds hnsw_build_bytes(): 6 · degree + 1.5 · dim + 28 a row. Throws Error{invalid_argument} if options are out of range
/// or the metric is Manhattan, Error{limit} for 2^31 rows or more, Error{cancelled}.
HnswIndex build_hnsw(const VectorSet& vectors, const HnswOptions& options, Context& context);

/// Memory that build_hnsw() and update_hnsw() take at most to make a graph of so many vectors, besides the vectors and the old graph.
std::size_t hnsw_build_bytes(std::size_t n_vectors, std::size_t dim, const HnswOptions& options);

/// Of a row that the old index does not have.
inline constexpr std::uint64_t kNewRow = std::numeric_limits<std::uint64_t>::max();

/// The graph for other rows: row i of `vectors` is row old_rows[i] of `index`, unchanged, or kNewRow. Old rows that are not named are
/// deleted: what was linked to them is linked to their neighbours; no trace stays. New rows are placed as build_hnsw() places them. Costs a
/// pass over the vectors and the work for what changed; where most rows are new, a build. `index` stays as it is. Deterministic. Throws
/// Error{invalid_argument} if an old row is named twice or is not there, Error{mismatch} for another dim,
/// Error{corrupt} if `index` was loaded from a damaged file, else as build_hnsw().
HnswIndex update_hnsw(const HnswIndex& index, const VectorSet& vectors, std::span<const std::uint64_t> old_rows, Context& context);

/// Writes the graph, without the vectors, and a note of the caller's to a file, which is replaced as a whole (docs/formats/graph.md). The
/// same index gives the same bytes. Throws Error{invalid_argument} for a graph loaded for other rows than its own: update_hnsw() first;
/// Error{corrupt} if it was loaded from a damaged file, Error{io}.
void save_hnsw(const HnswIndex& index, const std::filesystem::path& path, std::span<const std::byte> note = {});

struct LoadedHnsw {
  HnswIndex index;
  std::vector<std::byte> note;
};

/// Maps a graph of save_hnsw() over the vectors it was built of. Sizes and what a walk begins with are checked now, O(n); codes and
/// links are checked as searches come to them: one that meets damage is exact, as are all after it. Throws Error{corrupt} naming the place,
/// Error{unsupported} for another version, Error{mismatch} if the vectors are not as many or as wide, Error{not_found}, Error{io}.
LoadedHnsw load_hnsw(const std::filesystem::path& path, const VectorSet& vectors);

/// The same when rows have come and gone since: row i of the graph's vectors is row rows_now[i] of `vectors`, unchanged, or kNoRowNow. Rows
/// of `vectors` that the graph does not have are looked at by every search. Throws Error{mismatch} if rows_now are not as many as the
/// graph's vectors, Error{invalid_argument} if a row is not there or named twice.
LoadedHnsw load_hnsw(const std::filesystem::path& path, const VectorSet& vectors, std::span<const std::uint64_t> rows_now);
/// Of a row that is not there any more.
inline constexpr std::uint64_t kNoRowNow = std::numeric_limits<std::uint64_t>::max();

/// What a graph's file says without its vectors.
struct HnswDescription {
  std::size_t n_vectors = 0;
  int code_bits = 0;
  std::vector<RecallAtEf> recall;
  std::vector<std::byte> note;
};
/// Checks the header, recall and note alone. Errors as load_hnsw().
HnswDescription describe_hnsw(const std::filesystem::path& path);
/// Reads and checks all of it. Errors as load_hnsw().
HnswDescription check_hnsw(const std::filesystem::path& path);

}  // namespace akin
