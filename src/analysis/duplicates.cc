// Items go by in their order, a batch at a time. All of a batch are looked up among the kept ones side by side; those that are like none
// of them are compared with each other, and decided one after the other.
#include "akin/analysis/duplicates.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>

#include "akin/analysis/rows.h"
#include "akin/base/error.h"
#include "item_order.h"
#include "likeness.h"
#include "row_likeness.h"
#include "set_likeness.h"

namespace akin {
namespace {

using analysis::AlikePair;
using analysis::KeptRange;
using analysis::kNoItem;
using analysis::Likeness;
using analysis::Match;

// Of a batch: work for all threads, and half a million pairs at most.
constexpr std::size_t kItemsOfBatch = 1024;
// Members that a group's others are compared with when the most central one is looked for.
constexpr std::size_t kJury = 64;

/// A way to compare items, and what it is called.
struct Way {
  std::unique_ptr<Likeness> likeness;
  DuplicateBy by;
};

/// All that is decided of the items so far.
class Decisions {
 public:
  explicit Decisions(std::size_t n)
      : out_{std::vector<std::uint32_t>(n), std::vector<float>(n, 1.0F), std::vector<DuplicateBy>(n, DuplicateBy::nothing)} {
    std::iota(out_.kept.begin(), out_.kept.end(), 0U);
  }
  void go(std::uint32_t item, std::uint32_t kept, float similarity, DuplicateBy by) {
    out_.kept[item] = kept, out_.similarity[item] = similarity, out_.by[item] = by;
  }
  [[nodiscard]] const Duplicates& so_far() const noexcept { return out_; }
  Duplicates take() { return std::move(out_); }

 private:
  Duplicates out_;
};

/// Whoever is like a kept item that came before it goes.
class StarSearch {
 public:
  StarSearch(std::span<const Way> ways, std::size_t n) : ways_(ways), decisions_(n) {}

  /// These stay, whatever they are like.
  void keep(std::span<const std::uint32_t> items, Context& context) {
    for_each_batch(items, context, [&] {
      places_.resize(batch_.size());
      std::iota(places_.begin(), places_.end(), 0U);
      keep_places();
    });
  }

  /// These go or stay; with `among_known` none of them is kept for others to be like.
  void judge(std::span<const std::uint32_t> items, bool among_known, Context& context) {
    for_each_batch(items, context, [&] {
      const auto n_before = static_cast<std::uint32_t>(kept_.size());
      matches_.assign(batch_.size(), {});
      ways_of_.assign(batch_.size(), ways_.size());
      match(std::vector<KeptRange>(batch_.size(), {0, n_before}), context);
      if (!among_known) match(judge_each_other(n_before, context), context);
      for (std::size_t i = 0; i < batch_.size(); ++i)
        if (matches_[i].kept != kNoItem) decisions_.go(batch_[i], kept_[matches_[i].kept], matches_[i].similarity, ways_[ways_of_[i]].by);
    });
  }

  Duplicates take() { return decisions_.take(); }

 private:
  template <class Work>
  void for_each_batch(std::span<const std::uint32_t> items, Context& context, const Work& work) {
    for (std::size_t first = 0; first < items.size(); first += kItemsOfBatch) {
      context.cancel.check();
      batch_ = items.subspan(first, std::min(kItemsOfBatch, items.size() - first));
      for (const Way& way : ways_) way.likeness->begin(batch_, context);
      work();
      context.progress.advance(batch_.size());
    }
  }

  /// An earlier way's match is not replaced by a later one's.
  void match(const std::vector<KeptRange>& among, Context& context) {
    for (std::size_t w = 0; w < ways_.size(); ++w) {
      std::vector<KeptRange> asked = among;
      std::vector<Match> found(batch_.size());
      for (std::size_t i = 0; i < batch_.size(); ++i)
        if (ways_of_[i] < w) asked[i] = {};
      ways_[w].likeness->match(asked, found, context);
      for (std::size_t i = 0; i < batch_.size(); ++i) {
        if (found[i].kept == kNoItem) continue;
        if (ways_of_[i] == w) {
          matches_[i].take(found[i].kept, found[i].similarity);
        } else {
          matches_[i] = found[i], ways_of_[i] = w;
        }
      }
    }
  }

  /// Keeps those of the batch that are like nobody kept. Says which of these came before each one that goes.
  std::vector<KeptRange> judge_each_other(std::uint32_t n_before, Context& context) {
    places_.clear();
    for (std::uint32_t i = 0; i < batch_.size(); ++i)
      if (matches_[i].kept == kNoItem) places_.push_back(i);
    std::vector<std::vector<std::uint32_t>> earlier(batch_.size());
    for (const Way& way : ways_)
      for (const AlikePair& pair : way.likeness->pairs(places_, context)) earlier[pair.later].push_back(pair.earlier);
    std::vector<char> stays(batch_.size());
    std::size_t n_new = 0;
    for (const std::uint32_t i : places_) {
      stays[i] = std::ranges::none_of(earlier[i], [&](std::uint32_t other) { return stays[other] != 0; });
      if (stays[i] != 0) places_[n_new++] = i;
    }
    places_.resize(n_new);
    keep_places();
    std::vector<KeptRange> among(batch_.size());
    std::uint32_t n_kept = n_before;
    for (std::size_t i = 0; i < batch_.size(); ++i) {
      if (stays[i] != 0) {
        ++n_kept;
      } else {
        among[i] = {n_before, n_kept};
      }
    }
    return among;
  }

  void keep_places() {
    for (const Way& way : ways_) way.likeness->keep(places_);
    for (const std::uint32_t place : places_) kept_.push_back(batch_[place]);
  }

  std::span<const Way> ways_;
  Decisions decisions_;
  std::vector<std::uint32_t> kept_;  // items, by their numbers among the kept
  std::span<const std::uint32_t> batch_;
  std::vector<std::uint32_t> places_;
  std::vector<Match> matches_;        // of the batch
  std::vector<std::size_t> ways_of_;  // by which each match is
};

/// Says for which item each member of a group goes: by the first way in which they are alike, else by the last.
void go_for(std::uint32_t kept, std::span<const std::uint32_t> members, std::span<const Way> ways, Decisions& decisions) {
  for (const std::uint32_t item : members) {
    if (item == kept) continue;
    for (std::size_t w = 0; w < ways.size(); ++w) {
      const float similarity = ways[w].likeness->similarity(kept, item);
      decisions.go(item, kept, similarity, ways[w].by);
      if (static_cast<double>(similarity) >= ways[w].likeness->threshold()) break;
    }
  }
}

using Groups = std::vector<std::vector<std::uint32_t>>;

/// Groups of at least two, by their first members; members in the order of `items`.
Groups groups_of(std::span<const std::uint32_t> items, const std::vector<std::uint32_t>& leader_of) {
  std::vector<std::uint32_t> place(leader_of.size(), kNoItem);
  Groups all;
  for (const std::uint32_t item : items) {
    std::uint32_t& at = place[leader_of[item]];
    if (at == kNoItem) {
      at = static_cast<std::uint32_t>(all.size());
      all.emplace_back();
    }
    all[at].push_back(item);
  }
  std::erase_if(all, [](const std::vector<std::uint32_t>& group) { return group.size() < 2; });
  return all;
}

/// The member that is most like some others, evenly spaced; of equally central ones the first.
std::uint32_t most_central(std::span<const std::uint32_t> members, std::span<const Way> ways) {
  const std::size_t step = (members.size() + kJury - 1) / kJury;
  std::uint32_t best = members.front();
  double most = -1;
  for (const std::uint32_t item : members) {
    double sum = 0;
    for (std::size_t i = 0; i < members.size(); i += step)
      for (const Way& way : ways) sum += members[i] == item ? 1 : static_cast<double>(way.likeness->similarity(item, members[i]));
    if (sum > most) most = sum, best = item;
  }
  return best;
}

std::vector<std::uint32_t> most_central(const Groups& groups, std::span<const Way> ways, Context& context) {
  std::vector<std::uint32_t> out(groups.size());
  context.parallel_for(groups.size(), 16, [&](std::size_t begin, std::size_t end) {
    for (std::size_t g = begin; g < end; ++g) out[g] = most_central(groups[g], ways);
  });
  return out;
}

Duplicates by_star(std::span<const Way> ways, std::span<const std::uint32_t> items, std::size_t n, bool central, Context& context) {
  StarSearch first(ways, n);
  first.judge(items, false, context);
  Duplicates found = first.take();
  if (!central) return found;
  // Once more, those first that are central to a group: then what goes is like what stays again.
  const std::vector<std::uint32_t> centres = most_central(groups_of(items, found.kept), ways, context);
  std::vector<bool> is_centre(n);
  for (const std::uint32_t item : centres) is_centre[item] = true;
  std::vector<std::uint32_t> order = centres;
  for (const std::uint32_t item : items)
    if (!is_centre[item]) order.push_back(item);
  for (const Way& way : ways) way.likeness->forget();
  StarSearch second(ways, n);
  second.judge(order, false, context);
  return second.take();
}

Duplicates by_chain(std::span<const Way> ways, std::span<const std::uint32_t> items, std::size_t n, bool central, Context& context) {
  analysis::Parts parts(n);
  for (const Way& way : ways) way.likeness->join(items, parts, context);
  std::vector<std::uint32_t> leader_of(n);
  for (const std::uint32_t item : items) leader_of[item] = parts.of(item);
  const Groups groups = groups_of(items, leader_of);
  const std::vector<std::uint32_t> centres = central ? most_central(groups, ways, context) : std::vector<std::uint32_t>();
  Decisions decisions(n);
  for (std::size_t g = 0; g < groups.size(); ++g) go_for(central ? centres[g] : groups[g].front(), groups[g], ways, decisions);
  return decisions.take();
}

void check(const DuplicateItems& items, const DuplicateOptions& options, Context& context) {
  const auto check_size = [&](std::size_t size, const char* what) {
    if (size != items.n)
      throw Error(ErrorCode::mismatch, "duplicates: " + std::to_string(size) + " " + what + " for " + std::to_string(items.n) + " items");
  };
  if (!items.equal_to.empty()) check_size(items.equal_to.size(), "equal items");
  if (items.sets.size() > 0) check_size(items.sets.size(), "sets");
  if (items.rows.rows() > 0) {
    check_size(items.rows.rows(), "rows");
    check_rows(items.rows, "duplicates", context);
  }
  require(options.cosine > 0 && options.cosine <= 1, "duplicates: a cosine above 0 and at most 1 is wanted");
  require(options.n_known <= items.n, "duplicates: more items are known than there are");
}

std::vector<Way> ways_of(const DuplicateItems& items, const DuplicateOptions& options, Context& context) {
  std::vector<Way> ways;
  const LshBands bands = choose_bands(options.jaccard, options.recall);
  if (items.sets.size() > 0)
    ways.push_back({analysis::make_set_likeness(items.sets, {options.jaccard, bands, context.seed}), DuplicateBy::sets});
  if (items.rows.rows() > 0)
    ways.push_back({analysis::make_row_likeness(items.rows, {options.cosine, items.n >= kExactRows}, context), DuplicateBy::rows});
  return ways;
}

/// Items that are equal to another one go where that one goes, or stays.
void join_equals(const DuplicateItems& items, std::size_t n_known, Duplicates& found) {
  for (std::uint32_t i = static_cast<std::uint32_t>(n_known); i < items.equal_to.size(); ++i) {
    const std::uint32_t first = items.equal_to[i];
    if (first == i) continue;
    if (found.goes(first)) {
      found.kept[i] = found.kept[first], found.similarity[i] = found.similarity[first], found.by[i] = found.by[first];
    } else if (n_known == 0 || first < n_known) {
      found.kept[i] = first, found.by[i] = DuplicateBy::equality;
    }
  }
}

}  // namespace

std::string_view name_of(DuplicateGroups groups) noexcept { return groups == DuplicateGroups::star ? "star" : "chain"; }

std::string_view name_of(DuplicateBy by) noexcept {
  switch (by) {
    case DuplicateBy::nothing:
      return "";
    case DuplicateBy::equality:
      return "exact";
    case DuplicateBy::sets:
      return "near";
    case DuplicateBy::rows:
      return "semantic";
  }
  return "";
}

std::size_t Duplicates::n_going() const noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(by, [](DuplicateBy b) { return b != DuplicateBy::nothing; }));
}

Duplicates find_duplicates(const DuplicateItems& items, const DuplicateOptions& options, Context& context) {
  check(items, options, context);
  std::vector<std::uint32_t> known, judged;
  for (const std::uint32_t item : analysis::item_order(items.n, options.order)) {
    if (!items.equal_to.empty() && items.equal_to[item] != item) continue;
    (item < options.n_known ? known : judged).push_back(item);
  }
  const std::vector<Way> ways = ways_of(items, options, context);
  Duplicates found;
  const std::size_t n_passes = options.groups == DuplicateGroups::chain ? ways.size() : options.central ? 2 : 1;
  context.progress.begin("duplicates", n_passes * items.n, "items");
  if (ways.empty()) {
    found = Decisions(items.n).take();
  } else if (options.n_known > 0) {
    StarSearch search(ways, items.n);
    search.keep(known, context);
    search.judge(judged, true, context);
    found = search.take();
  } else {
    found = options.groups == DuplicateGroups::star ? by_star(ways, judged, items.n, options.central, context)
                                                    : by_chain(ways, judged, items.n, options.central, context);
  }
  context.progress.end();
  join_equals(items, options.n_known, found);
  return found;
}

}  // namespace akin
