#include "piece_trie.h"

#include <algorithm>
#include <string>

#include "akin/base/error.h"

namespace akin::text {
namespace {

constexpr std::uint32_t kBlock = 256;  // a node's children lie in one block
constexpr std::uint32_t kNone = 0xFFFFFFFF;
constexpr std::size_t kMaxTries = 48;  // places tried before a new block is opened: measured as 95 % full and quick to build
constexpr std::size_t kMaxCells = std::size_t{1} << 28;

struct Item {
  std::string_view text;
  std::int32_t id = 0;
};

std::vector<Item> sorted(const std::vector<std::string_view>& pieces) {
  std::vector<Item> items;
  items.reserve(pieces.size());
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (!pieces[i].empty()) items.push_back({pieces[i], static_cast<std::int32_t>(i)});
  }
  std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.text != b.text ? a.text < b.text : a.id > b.id; });
  items.erase(std::unique(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.text == b.text; }), items.end());
  return items;
}

}  // namespace

class PieceTrie::Builder {
 public:
  explicit Builder(std::vector<Cell>& cells) : cells_(cells) { add_block(); }

  std::uint32_t build(const std::vector<Item>& items) {
    struct Task {
      std::size_t begin = 0;
      std::size_t end = 0;
      std::size_t depth = 0;
      std::uint32_t cell = kNone;  // kNone: the root
    };
    std::uint32_t root_base = 0;
    std::vector<Task> tasks = {{0, items.size(), 0, kNone}};
    while (!tasks.empty()) {
      const Task task = tasks.back();
      tasks.pop_back();
      std::vector<Task> children;
      labels_.clear();
      for (std::size_t i = task.begin; i < task.end; ++i) {
        if (items[i].text.size() == task.depth) continue;  // the piece that ends at this node: the first of the range
        const auto byte = static_cast<unsigned char>(items[i].text[task.depth]);
        if (labels_.empty() || labels_.back() != byte) {
          labels_.push_back(byte);
          children.push_back({i, i, task.depth + 1, kNone});
        }
        children.back().end = i + 1;
      }
      const std::uint32_t base = place();
      (task.cell == kNone ? root_base : cells_[task.cell].base) = base;
      for (std::size_t i = 0; i < children.size(); ++i) {
        Task& child = children[i];
        child.cell = base ^ labels_[i];
        const Item& first = items[child.begin];
        const std::uint32_t id = first.text.size() == child.depth ? static_cast<std::uint32_t>(first.id) + 1 : 0;
        cells_[child.cell].packed = kUsed | id << 8 | labels_[i];
        tasks.push_back(child);
      }
    }
    return root_base;
  }

 private:
  void add_block() {
    const auto first = static_cast<std::uint32_t>(cells_.size());
    if (cells_.size() + kBlock > kMaxCells) throw Error(ErrorCode::limit, "the pieces of a vocabulary are too long to be kept as a trie");
    cells_.resize(cells_.size() + kBlock);
    links_.resize(cells_.size());
    used_bases_.resize(cells_.size());
    for (std::uint32_t i = first; i < first + kBlock; ++i) {
      links_[i] = {tail_, kNone};
      (tail_ == kNone ? head_ : links_[tail_].next) = i;
      tail_ = i;
    }
  }

  void take(std::uint32_t cell) {
    const Link link = links_[cell];
    (link.previous == kNone ? head_ : links_[link.previous].next) = link.next;
    (link.next == kNone ? tail_ : links_[link.next].previous) = link.previous;
    links_[cell] = {cell, cell};  // taken
  }

  [[nodiscard]] bool is_free(std::uint32_t cell) const { return links_[cell].previous != cell; }

  // A base that no other node has, whose cells for `labels_` are free; takes them.
  std::uint32_t place() {
    std::uint32_t base = 0;
    if (labels_.empty()) return 0;  // a leaf: base 0 is kept free of children, so nothing is found from there
    std::size_t tries = 0;
    std::uint32_t at = tail_;
    for (; at != kNone && tries < kMaxTries; at = links_[at].previous, ++tries) {
      base = at ^ labels_.front();
      if (fits(base)) break;
    }
    if (at == kNone || tries == kMaxTries) {
      base = static_cast<std::uint32_t>(cells_.size());
      add_block();
    }
    used_bases_[base] = true;
    for (const unsigned char label : labels_) take(base ^ label);
    return base;
  }

  [[nodiscard]] bool fits(std::uint32_t base) const {
    if (base < kBlock || used_bases_[base]) return false;
    return std::all_of(labels_.begin(), labels_.end(), [&](unsigned char label) { return is_free(base ^ label); });
  }

  struct Link {
    std::uint32_t previous = kNone;
    std::uint32_t next = kNone;
  };
  std::vector<Cell>& cells_;
  std::vector<Link> links_;  // free cells as a list
  std::vector<bool> used_bases_;
  std::vector<unsigned char> labels_;
  std::uint32_t head_ = kNone;
  std::uint32_t tail_ = kNone;
};

PieceTrie::PieceTrie(const std::vector<std::string_view>& pieces) {
  if (pieces.size() > kMaxPieces)
    throw Error(ErrorCode::limit,
                "a vocabulary of " + std::to_string(pieces.size()) + " pieces, at most " + std::to_string(kMaxPieces) + " are supported");
  root_ = {Builder(cells_).build(sorted(pieces)), kUsed};
}

std::int32_t PieceTrie::find(std::string_view piece) const noexcept {
  Walk walk = begin();
  for (const char c : piece) {
    if (!step(walk, static_cast<unsigned char>(c))) return -1;
  }
  return piece.empty() ? -1 : id(walk);
}

}  // namespace akin::text
