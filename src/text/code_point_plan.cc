#include "code_point_plan.h"

namespace akin::text {
namespace {

using Kind = CodePointPlan::Kind;

std::uint32_t pack(Kind kind, std::uint32_t value = 0) { return static_cast<std::uint32_t>(kind) << 24 | value; }

}  // namespace

CodePointPlan::~CodePointPlan() {
  for (const std::atomic<const Block*>& block : blocks_) delete block.load(std::memory_order_relaxed);
}

const CodePointPlan::Block& CodePointPlan::make_block(std::uint32_t index) const {
  auto made = std::make_unique<Block>();
  for (std::uint32_t i = 0; i < 256; ++i) made->packed[i] = plan(index << 8 | i, *made);
  const Block* there = nullptr;
  // Two threads may work the same block out; the first to finish is kept.
  if (blocks_[index].compare_exchange_strong(there, made.get(), std::memory_order_acq_rel)) there = made.release();
  return *there;
}

std::uint32_t CodePointPlan::plan(char32_t c, Block& block) const {
  if (options_.clean_text && is_other(c)) return pack(Kind::dropped);
  if (is_space(c) && options_.clean_text) return pack(Kind::space);
  CodePoints to;
  const CodePoints parts = options_.strip_accents ? decompose(c, Decomposition::canonical) : CodePoints{{c}, 1};
  for (std::uint32_t i = 0; i < parts.n; ++i) {
    const char32_t part = parts.at[i];
    if (options_.strip_accents && is_nonspacing_mark(part)) continue;
    if (options_.strip_accents && combining_class(part) != 0) return pack(Kind::ordered);
    const CodePoints lower = options_.lowercase ? lowercase(part) : CodePoints{{part}, 1};
    for (std::uint32_t j = 0; j < lower.n; ++j) to.at[to.n++] = lower.at[j];
  }
  if (to.n == 0) return pack(Kind::dropped);
  if (to.n == 1) {
    if (is_space(to.at[0])) return pack(Kind::space);
    const bool alone = is_bert_punctuation(to.at[0]) || (options_.handle_chinese_chars && is_cjk(c));
    return pack(alone ? Kind::alone : Kind::word, to.at[0]);
  }
  for (std::uint32_t i = 0; i < to.n; ++i) {
    if (is_space(to.at[i]) || is_bert_punctuation(to.at[i]) || is_cjk(c)) return pack(Kind::ordered);
  }
  block.several.push_back(to);
  return pack(Kind::several, static_cast<std::uint32_t>(block.several.size() - 1));
}

}  // namespace akin::text
