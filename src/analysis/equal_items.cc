#include "akin/analysis/equal_items.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "akin/base/error.h"
#include "item_order.h"

namespace akin {
namespace {

constexpr std::size_t kItemsAtOnce = 1024;

struct Hashed {
  std::size_t hash;
  std::uint32_t place;  // in the order
};

}  // namespace

std::vector<std::uint32_t> first_equals(std::span<const std::string_view> items, std::span<const std::uint32_t> order, Context& context) {
  const std::vector<std::uint32_t> all = analysis::item_order(items.size(), order);
  std::vector<Hashed> hashed(items.size());
  context.parallel_for(items.size(), kItemsAtOnce, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) hashed[i] = {std::hash<std::string_view>()(items[all[i]]), static_cast<std::uint32_t>(i)};
  });
  std::ranges::sort(hashed, [](const Hashed& a, const Hashed& b) { return a.hash != b.hash ? a.hash < b.hash : a.place < b.place; });

  std::vector<std::uint32_t> first(items.size());
  std::iota(first.begin(), first.end(), 0U);
  const auto text_of = [&](const Hashed& h) { return items[all[h.place]]; };
  for (auto from = hashed.begin(); from != hashed.end();) {
    context.cancel.check();
    const auto to = std::find_if(from, hashed.end(), [&](const Hashed& h) { return h.hash != from->hash; });
    // Different texts of one hash, of which somebody may have made many, are brought together by their bytes.
    const bool is_one_text = std::all_of(from, to, [&](const Hashed& h) { return text_of(h) == text_of(*from); });
    if (!is_one_text) std::stable_sort(from, to, [&](const Hashed& a, const Hashed& b) { return text_of(a) < text_of(b); });
    auto leader = from;
    for (auto at = from; at != to; ++at) {
      if (!is_one_text && text_of(*at) != text_of(*leader)) leader = at;
      first[all[at->place]] = all[leader->place];
    }
    from = to;
  }
  return first;
}

}  // namespace akin
