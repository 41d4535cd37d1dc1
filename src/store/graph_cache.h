// The graph over a collection's vectors, kept in a file beside them: a cache, which answers or is passed over, and is never a reason to
// fail. Its note holds the ids of the chunks whose vectors it has; an id is never given twice, so a vector is known by it. Format:
// docs/formats/collection.md. Tested by graph_cache_test.cc and graph_crash_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akin/base/context.h"
#include "akin/index/hnsw.h"
#include "akin/store/store.h"

namespace akin::store {

inline constexpr std::string_view kGraphName = "vectors.graph";
/// With fewer vectors an exact search is as fast.
inline constexpr std::size_t kGraphRows = 20'000;

/// A commit's vectors in the order of their chunks' ids.
struct GraphRows {
  VectorSet vectors;
  std::span<const std::uint64_t> chunk_ids;  ///< of each row, ascending
  std::span<const std::uint64_t> usable;     ///< a bit a row; empty: all can be searched
  std::size_t n_usable = 0;
  std::string fingerprint;  ///< of the space
  Metric metric = Metric::cosine;
};

/// Whether a file of this name is a graph that was being written when its writer ended.
bool is_unfinished_graph(std::string_view file_name) noexcept;

/// What the graph's file says; nothing if there is none that can be read.
std::optional<GraphInfo> describe_graph(const std::filesystem::path& folder);
/// Reads all of the graph's file: why it is passed over, naming it and the place. Empty: there is none, or it is whole.
std::string graph_damage(const std::filesystem::path& folder);

/// The graph of the folder, over these rows. Nothing if there is none, it is damaged or of another space, or it lacks most of the rows.
std::optional<HnswIndex> open_graph(const std::filesystem::path& folder, const GraphRows& rows, Context& context);

/// Makes or mends the graph if it is worth it; true if the file was written. `max_bytes` as StoreOptions::max_graph_bytes. Throws
/// Error{limit}, Error{io}, Error{cancelled}.
bool refresh_graph(const std::filesystem::path& folder, const GraphRows& rows, std::size_t max_bytes, Context& context);

}  // namespace akin::store
