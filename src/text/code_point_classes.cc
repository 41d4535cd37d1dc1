#include "code_point_classes.h"

#include <memory>

#include "normalized_text.h"
#include "unicode.h"

namespace akin::text {
namespace {

CodePointClasses::Class class_of(char32_t c) {
  if (is_letter(c)) return CodePointClasses::letter;
  if (is_number(c)) return CodePointClasses::number;
  return is_space(c) ? CodePointClasses::space : CodePointClasses::other;
}

bool is_composed(char32_t c) {
  if (c < 0x300) return true;
  if (may_compose_backward(c)) return false;
  std::string alone;
  append_utf8(alone, c);
  NormalizedText text(alone);
  text.compose(Decomposition::canonical);
  return text.text() == alone;
}

}  // namespace

CodePointClasses::~CodePointClasses() {
  for (const std::atomic<const Block*>& block : blocks_) delete block.load(std::memory_order_acquire);
}

const CodePointClasses::Block& CodePointClasses::make_block(std::uint32_t index) const {
  auto made = std::make_unique<Block>();
  for (std::uint32_t i = 0; i < made->size(); ++i) {
    const char32_t c = (index << 8) | i;
    (*made)[i] = {class_of(c), is_composed(c), static_cast<std::uint8_t>(combining_class(c))};
  }
  const Block* there = nullptr;
  // Two threads may work the same block out; the first to finish is kept.
  if (blocks_[index].compare_exchange_strong(there, made.get(), std::memory_order_acq_rel)) there = made.release();
  return *there;
}

}  // namespace akin::text
