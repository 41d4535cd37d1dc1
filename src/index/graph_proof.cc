#include "graph_proof.h"

#include <algorithm>

#include "akin/base/crc32c.h"
#include "graph.h"

namespace akin {
namespace {

// Blocks that one thread proves at a time: some hundred kilobytes.
constexpr std::size_t kBlocksAtOnce = 64;

template <class T>
std::span<const std::byte> bytes_of_block(MatrixView<const T> rows, std::size_t block) {
  const std::size_t first = block * kProofNodes, n = std::min(kProofNodes, rows.rows() - first);
  return std::as_bytes(std::span(rows.row_data(first), n * rows.cols()));
}

}  // namespace

std::vector<std::uint32_t> block_sums(std::span<const std::byte> rows, std::size_t n_nodes) {
  std::vector<std::uint32_t> sums;
  if (n_nodes == 0) return sums;
  const std::size_t block_bytes = rows.size() / n_nodes * kProofNodes;
  for (std::size_t at = 0; at < rows.size(); at += block_bytes)
    sums.push_back(crc32c(0, rows.subspan(at, std::min(block_bytes, rows.size() - at))));
  return sums;
}

GraphProof::GraphProof(const Parts& parts, std::string_view name)
    : parts_(parts),
      name_(name),
      codes_good_(std::make_unique<std::atomic<bool>[]>(proof_blocks(parts.links.rows()))),
      links_good_(std::make_unique<std::atomic<bool>[]>(proof_blocks(parts.links.rows()))) {}

void GraphProof::all(Context* context) const {
  const std::size_t n_blocks = proof_blocks(parts_.links.rows());
  const auto prove = [&](std::size_t begin, std::size_t end) {
    for (std::size_t block = begin; block < end; ++block) {
      if (!codes_good_[block].load(std::memory_order_relaxed)) prove_codes(block);
      if (!links_good_[block].load(std::memory_order_relaxed)) prove_links(block);
    }
  };
  if (context == nullptr) return prove(0, n_blocks);
  context->parallel_for(n_blocks, kBlocksAtOnce, prove);
}

void GraphProof::bad(const std::string& what) const {
  damaged_.store(true, std::memory_order_relaxed);
  throw GraphDamage(ErrorCode::corrupt, name_ + ": " + what);
}

void GraphProof::prove_codes(std::size_t block) const {
  if (crc32c(0, bytes_of_block(parts_.codes, block)) != parts_.code_sums[block])
    bad("the checksum of the codes from node " + std::to_string(block * kProofNodes) + " on is not what the file says");
  codes_good_[block].store(true, std::memory_order_relaxed);
}

void GraphProof::prove_links(std::size_t block) const {
  if (crc32c(0, bytes_of_block(parts_.links, block)) != parts_.link_sums[block])
    bad("the checksum of the links from node " + std::to_string(block * kProofNodes) + " on is not what the file says");
  const std::size_t n_nodes = parts_.links.rows();
  const std::size_t end = std::min((block + 1) * kProofNodes, n_nodes);
  for (std::size_t node = block * kProofNodes; node < end; ++node) {
    bool ended = false;
    for (const std::uint32_t link : parts_.links.row(node)) {
      if (link != kNoLink && (ended || link >= n_nodes))
        bad("a link of node " + std::to_string(node) + " leads to node " + std::to_string(link) + " of " + std::to_string(n_nodes));
      ended |= link == kNoLink;
    }
  }
  links_good_[block].store(true, std::memory_order_relaxed);
}

}  // namespace akin
