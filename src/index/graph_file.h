// The bytes of a graph's file: docs/formats/graph.md. Tested by graph_file_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "akin/index/hnsw.h"
#include "graph.h"

namespace akin {

inline constexpr std::size_t kGraphHeaderBytes = 256;
/// Where the header's checksum stands: behind all that it covers.
inline constexpr std::size_t kGraphChecksumAt = kGraphHeaderBytes - 4;

/// What a file holds.
struct GraphFile {
  HnswOptions options;
  Graph graph;
  std::vector<RecallAtEf> recall;
  std::span<const std::byte> note;
};

/// Calls write(bytes) with the file's parts, in order.
void write_graph(const GraphFile& file, const std::function<void(std::span<const std::byte>)>& write);

/// Reads what lies in `bytes`, which `owner` keeps alive and which begin at a cache line. Codes and links are checked by graph.proof as
/// they are read, everything else now, but what the note says. Throws Error{corrupt} or Error{unsupported}, beginning with `name`.
GraphFile parse_graph(std::span<const std::byte> bytes, std::string_view name, std::shared_ptr<const void> owner);
/// Checks the header, recall and note alone.
HnswDescription parse_graph_description(std::span<const std::byte> bytes, std::string_view name);

}  // namespace akin
