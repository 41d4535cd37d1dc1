#include "word_piece.h"

#include <numeric>
#include <utility>

#include "akin/base/error.h"
#include "akin/base/utf8.h"

namespace akin::text {
namespace {

// The tokens kept at the nodes: a real vocabulary needs a few a node; a file of long hostile pieces would need the square of their length.
constexpr std::size_t kTakenAllowance = std::size_t{1} << 22;

struct Edge {
  ByteTrie::Node node = 0;
  ByteTrie::Node parent = 0;
  std::uint32_t depth = 0;
  unsigned char byte = 0;
};

// Counting sort: depths are small and there is an edge for each byte of the vocabulary.
std::vector<Edge> by_depth(const std::vector<Edge>& edges) {
  std::vector<std::size_t> next;  // where the next edge of a depth goes
  for (const Edge& edge : edges) {
    if (edge.depth >= next.size()) next.resize(edge.depth + 1);
    ++next[edge.depth];
  }
  std::exclusive_scan(next.begin(), next.end(), next.begin(), std::size_t{0});
  std::vector<Edge> out(edges.size());
  for (const Edge& edge : edges) out[next[edge.depth]++] = edge;
  return out;
}

}  // namespace

WordPiece::WordPiece(std::vector<std::string> pieces, WordPieceOptions options, const std::string& where)
    : pieces_(std::move(pieces)), options_(std::move(options)), trie_(pieces_.size() * 3) {
  add_pieces(where);
  unknown_id_ = id_of(options_.unknown);
  if (unknown_id_ < 0) throw Error(ErrorCode::corrupt, where + ": the unknown token '" + options_.unknown + "' is not in the vocabulary");
}

void WordPiece::add_pieces(const std::string& where) {
  word_root_ = trie_.add_root();
  suffix_root_ = trie_.add_root();
  nodes_.reserve(pieces_.size() * 3);
  nodes_.resize(3);
  std::vector<Edge> edges;  // in the order of their nodes
  edges.reserve(pieces_.size() * 3);
  const auto add = [&](ByteTrie::Node node, std::string_view piece, std::int32_t id) {
    std::uint32_t depth = 0;
    for (const char c : piece) {
      const auto byte = static_cast<unsigned char>(c);
      const ByteTrie::Node next = trie_.add(node, byte);
      ++depth;
      if (next >= nodes_.size()) {
        nodes_.emplace_back();
        edges.push_back({next, node, depth, byte});
      }
      node = next;
    }
    nodes_[node].id = id;
  };
  const std::string_view prefix = options_.continuing_prefix;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    const std::string_view piece = pieces_[i];
    if (piece.empty()) continue;
    if (!is_valid_utf8(piece)) throw Error(ErrorCode::corrupt, where + ": piece " + std::to_string(i) + " is not valid UTF-8");
    add(word_root_, piece, static_cast<std::int32_t>(i));
    if (piece.starts_with(prefix) && piece.size() > prefix.size())
      add(suffix_root_, piece.substr(prefix.size()), static_cast<std::int32_t>(i));
  }
  // A link leads to a node of lesser depth, so nodes are linked from the roots outward.
  const std::size_t limit = kTakenAllowance + 16 * nodes_.size();
  for (const Edge& edge : by_depth(edges)) {
    link_node(edge.node, edge.parent, edge.byte);
    if (taken_.size() > limit) throw Error(ErrorCode::limit, where + ": the pieces are too long to be linked");
  }
}

void WordPiece::link_node(ByteTrie::Node node, ByteTrie::Node parent, unsigned char byte) {
  NodeData& data = nodes_[node];
  data.first_taken = static_cast<std::uint32_t>(taken_.size());
  if (data.id >= 0) {
    taken_.push_back(data.id);
    data.n_taken = 1;
    data.fail = suffix_root_;
    return;
  }
  // Take what the parent is certain of, then go on from where that leads until `byte` fits.
  for (ByteTrie::Node at = parent; nodes_[at].fail != ByteTrie::kNone;) {
    const NodeData from = nodes_[at];
    for (std::uint32_t i = 0; i < from.n_taken; ++i) taken_.push_back(taken_[from.first_taken + i]);
    at = from.fail;
    if (const ByteTrie::Node next = trie_.child(at, byte); next != ByteTrie::kNone) {
      data.fail = next;
      break;
    }
  }
  if (data.fail == ByteTrie::kNone) taken_.resize(data.first_taken);
  data.n_taken = static_cast<std::uint32_t>(taken_.size() - data.first_taken);
}

bool WordPiece::take(ByteTrie::Node& node, std::uint32_t& begin, std::vector<WordToken>& out) const {
  const NodeData& data = nodes_[node];
  if (data.fail == ByteTrie::kNone) return false;
  for (std::uint32_t i = 0; i < data.n_taken; ++i) {
    const std::int32_t id = taken_[data.first_taken + i];
    std::size_t length = pieces_[static_cast<std::size_t>(id)].size();
    if (begin > 0) length -= options_.continuing_prefix.size();
    const auto end = static_cast<std::uint32_t>(begin + length);
    out.push_back({id, begin, end});
    begin = end;
  }
  node = data.fail;
  return true;
}

bool WordPiece::match(std::string_view word, std::vector<WordToken>& out) const {
  ByteTrie::Node node = word_root_;
  std::uint32_t begin = 0;
  for (const char c : word) {
    ByteTrie::Node next = trie_.child(node, static_cast<unsigned char>(c));
    while (next == ByteTrie::kNone) {
      if (!take(node, begin, out)) return false;
      next = trie_.child(node, static_cast<unsigned char>(c));
    }
    node = next;
  }
  while (node != suffix_root_) {
    if (!take(node, begin, out)) return false;
  }
  return true;
}

void WordPiece::tokenize(std::string_view word, std::vector<WordToken>& out) const {
  const std::size_t before = out.size();
  const bool too_long = word.size() > options_.max_chars_per_word && count_code_points(word) > options_.max_chars_per_word;
  if (!too_long && match(word, out)) return;
  out.resize(before);
  out.push_back({unknown_id_, 0, static_cast<std::uint32_t>(word.size())});
}

std::int32_t WordPiece::id_of(std::string_view piece) const noexcept {
  const ByteTrie::Node node = trie_.walk(word_root_, piece);
  return node == ByteTrie::kNone ? -1 : nodes_[node].id;
}

void WordPiece::describe(Sha256& hash) const {
  hash.field("WordPiece").field(options_.unknown).field(options_.continuing_prefix).field(std::to_string(options_.max_chars_per_word));
  hash.field(std::to_string(pieces_.size()));
  for (const std::string& piece : pieces_) hash.field(piece);
}

}  // namespace akin::text
