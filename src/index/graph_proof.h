// What of a mapped graph has been read against its checksums. Codes and links have a checksum for every few nodes, and a walk asks for
// those that it comes to, so that opening a graph costs no pass over its file. Shared by threads. Tested by graph_proof_test.cc.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/error.h"
#include "akin/base/matrix.h"

namespace akin {

/// Nodes whose codes, and whose links, have one checksum: 16 rows of links are a page of memory.
inline constexpr std::size_t kProofNodes = 16;
inline constexpr std::size_t proof_blocks(std::size_t n_nodes) noexcept { return (n_nodes + kProofNodes - 1) / kProofNodes; }

/// Of codes, or of links: CRC-32C of each block.
std::vector<std::uint32_t> block_sums(std::span<const std::byte> rows, std::size_t n_nodes);

/// Thrown where a walk comes to damage: the graph cannot be used, the vectors can.
struct GraphDamage : Error {
  using Error::Error;
};

class GraphProof {
 public:
  struct Parts {
    MatrixView<const std::uint8_t> codes;
    MatrixView<const std::uint32_t> links;
    std::span<const std::uint32_t> code_sums, link_sums;
  };
  /// `parts` must outlive it; `name` begins its errors.
  GraphProof(const Parts& parts, std::string_view name);

  /// To be called before the links of `node` are read. Throws GraphDamage.
  void links_of(std::uint32_t node) const {
    const std::size_t block = node / kProofNodes;
    if (!links_good_[block].load(std::memory_order_relaxed)) prove_links(block);
  }
  /// Before the codes of `nodes` are. Throws GraphDamage.
  void codes_of(std::span<const std::uint32_t> nodes) const {
    for (const std::uint32_t node : nodes) {
      const std::size_t block = node / kProofNodes;
      if (!codes_good_[block].load(std::memory_order_relaxed)) prove_codes(block);
    }
  }
  /// Everything, by all threads of `context` if there is one. Throws GraphDamage.
  void all(Context* context) const;
  /// Whether damage has been met.
  [[nodiscard]] bool damaged() const noexcept { return damaged_.load(std::memory_order_relaxed); }

 private:
  void prove_codes(std::size_t block) const;
  void prove_links(std::size_t block) const;
  [[noreturn]] void bad(const std::string& what) const;

  Parts parts_;
  std::string name_;
  std::unique_ptr<std::atomic<bool>[]> codes_good_, links_good_;
  mutable std::atomic<bool> damaged_{false};
};

}  // namespace akin
