#include "charsmap_plan.h"

#include <memory>

#include "akin/base/utf8.h"
#include "grapheme.h"
#include "metaspace.h"
#include "unicode.h"

namespace akin::text {
namespace {

using Kind = CharsmapPlan::Kind;

std::uint32_t pack(Kind kind, std::uint32_t value = 0) { return static_cast<std::uint32_t>(kind) << 24 | value; }

// A cluster ends on both sides of these, unless a neighbour is of another class. Of the controls only a carriage return may join.
bool ends_clusters(GraphemeClass c) noexcept { return stands_alone(c) || c == GraphemeClass::control || c == GraphemeClass::newline; }

}  // namespace

CharsmapPlan::~CharsmapPlan() {
  for (const std::atomic<const Block*>& block : blocks_) delete block.load(std::memory_order_relaxed);
}

const CharsmapPlan::Block& CharsmapPlan::make_block(std::uint32_t index) const {
  auto made = std::make_unique<Block>();
  for (std::uint32_t i = 0; i < 256; ++i) made->packed[i] = plan(index << 8 | i, *made);
  const Block* there = nullptr;
  // Two threads may work the same block out; the first to finish is kept.
  if (blocks_[index].compare_exchange_strong(there, made.get(), std::memory_order_acq_rel)) there = made.release();
  return *there;
}

bool CharsmapPlan::is_rare(char32_t c) const noexcept {
  return c == kMetaspace || (c != U' ' && is_space(c)) || static_cast<std::int64_t>(c) == watched_;
}

std::uint32_t CharsmapPlan::plan(char32_t c, Block& block) const {
  if (map_ != nullptr && !ends_clusters(grapheme_class(c))) return pack(Kind::cluster);
  std::string text;
  append_utf8(text, c);
  const std::optional<std::string_view> to = map_ == nullptr ? std::nullopt : map_->find(text);
  if (!to) return pack(is_rare(c) ? Kind::rare : Kind::same);
  for (std::size_t at = 0; at < to->size();) {
    const DecodedChar part = decode_utf8(*to, at);
    if (is_rare(part.code_point)) return pack(Kind::rare);
    at += part.length;
  }
  block.texts.push_back(*to);
  return pack(Kind::mapped, static_cast<std::uint32_t>(block.texts.size() - 1));
}

}  // namespace akin::text
