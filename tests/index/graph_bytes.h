// A small graph's file in memory, and its checksums made right again after a change: for tests of what lies behind the checksums.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "akin/base/crc32c.h"
#include "akin/base/matrix.h"
#include "akin/base/rng.h"
#include "akin/index/hnsw.h"
#include "graph_build.h"
#include "graph_file.h"
#include "hnsw_build.h"

namespace akin::testing {

/// 60 rows of 8 numbers, 8 links a node, codes of 4 bits.
struct SmallGraph {
  static constexpr std::size_t kRows = 60, kDim = 8, kDegree = 8;
  // Where the parts begin (docs/formats/graph.md): mean, recall, rows, factors, sums, codes, links, note, and the end.
  static constexpr std::array<std::size_t, 9> kParts = {256, 320, 320, 576, 1088, 1152, 4992, 6912, 6916};
  static constexpr std::size_t kSums = 4, kCodes = 5, kLinks = 6;

  SmallGraph() : rows(kRows, kDim), context(1) {
    Rng rng(5);
    for (std::size_t i = 0; i < rows.size(); ++i) rows.data()[i] = rng.normal();
    const std::vector<std::byte> note(4, std::byte{7});
    const HnswOptions options{.degree = 8, .build_beam = 16, .code_bits = 4};
    const VectorSet set(rows.view());
    const std::vector<std::uint32_t> order = shuffled(kRows, 1);
    const CodeTable codes = CodeTable::encode(set, CodeTable::frame_of(set, options.metric, context), 8, order, context);
    const CodeTable walk = CodeTable::encode(set, codes.frame(), 4, order, context);
    GrowingLinks links(kRows, kDegree);
    add_nodes(links, 0, {&codes, &codes}, build_options(options), context);
    bytes = Matrix<std::byte>(1, kParts.back());
    std::size_t at = 0;
    write_graph({options, laid_out(std::move(links), walk, order, options, context), {}, note}, [&](std::span<const std::byte> part) {
      if (at + part.size() <= bytes.size() && !part.empty()) std::memcpy(bytes.data() + at, part.data(), part.size());
      at += part.size();
    });
    size = at;
  }

  /// A copy whose checksums are right.
  static void seal(std::span<std::byte> file) {
    const auto part = [&](std::size_t i) { return std::span<const std::byte>(file).subspan(kParts[i], kParts[i + 1] - kParts[i]); };
    std::size_t at = kParts[kSums];
    for (const std::size_t rows : {kCodes, kLinks}) {
      const std::size_t row_bytes = part(rows).size() / kRows;
      for (const std::uint32_t sum : block_sums(part(rows).first(kRows * row_bytes), kRows)) {
        put(file, at, sum);
        at += sizeof sum;
      }
    }
    for (std::size_t i = 0; i + 1 < kParts.size(); ++i)
      if (i != kCodes && i != kLinks) put(file, 80 + 4 * i, crc32c(0, part(i)));
    put(file, kGraphChecksumAt, crc32c(0, file.first(kGraphChecksumAt)));
  }
  static void put(std::span<std::byte> file, std::size_t at, std::uint32_t value) { std::memcpy(file.data() + at, &value, sizeof value); }

  Matrix<float> rows;
  Context context;
  Matrix<std::byte> bytes;  // at a cache line, as a mapped file is
  std::size_t size = 0;
};

}  // namespace akin::testing
