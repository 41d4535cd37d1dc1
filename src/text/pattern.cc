#include "pattern.h"

#include <algorithm>

#include "code_point_classes.h"
#include "regex_matcher.h"
#include "word_scanner.h"

namespace akin::text {
namespace {

class Literal final : public Pattern {
 public:
  explicit Literal(std::string wanted) : wanted_(std::move(wanted)) {}
  void find_all(std::string_view text, std::vector<Match>& out) const override {
    if (wanted_.empty()) return;
    for (std::size_t at = text.find(wanted_); at != std::string_view::npos; at = text.find(wanted_, at + wanted_.size()))
      out.emplace_back(at, at + wanted_.size());
  }
  [[nodiscard]] std::string describe() const override { return "String " + Json(wanted_).dump(); }

 private:
  std::string wanted_;
};

class RegexPattern final : public Pattern {
 public:
  RegexPattern(std::string_view regex, const std::string& where) : regex_(regex, where) {}
  void find_all(std::string_view text, std::vector<Match>& out) const override { regex_.find_all(text, out); }
  [[nodiscard]] std::string describe() const override { return "Regex " + Json(regex_.pattern()).dump(); }

 private:
  Regex regex_;
};

// A regular expression that is written out by hand.
template <WordRules rules>
class ScannedPattern final : public Pattern {
 public:
  explicit ScannedPattern(std::string regex) : regex_(std::move(regex)) {}
  void find_all(std::string_view text, std::vector<Match>& out) const override {
    const WordScanner<rules> scanner(text, classes_);
    for (std::size_t at = 0; at < text.size(); at = out.back().second) out.emplace_back(at, scanner.next(at));
  }
  [[nodiscard]] std::string describe() const override { return "Regex " + Json(regex_).dump(); }

 private:
  std::string regex_;
  CodePointClasses classes_;
};

struct Stretch {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool match = false;
};

// Matches and what lies between them.
std::vector<Stretch> tile(std::string_view text, const std::vector<Pattern::Match>& matches, bool inverted) {
  std::vector<Stretch> out;
  std::size_t done = 0;
  for (const auto& [begin, end] : matches) {
    if (begin != done) out.push_back({done, begin, inverted});
    out.push_back({begin, end, !inverted});
    done = end;
  }
  if (done != text.size()) out.push_back({done, text.size(), inverted});
  return out;
}

// Joins each stretch to the one before it in `stretches` if `joins` says so.
template <class Joins>
std::vector<Stretch> join(const std::vector<Stretch>& stretches, Joins&& joins) {
  std::vector<Stretch> out;
  bool last = false;
  for (const Stretch& stretch : stretches) {
    if (!out.empty() && joins(last, stretch.match)) {
      out.back().begin = std::min(out.back().begin, stretch.begin);
      out.back().end = std::max(out.back().end, stretch.end);
    } else {
      out.push_back(stretch);
    }
    last = stretch.match;
  }
  return out;
}

std::vector<Stretch> behave(SplitBehavior behavior, std::vector<Stretch> stretches) {
  const auto joins_other = [](bool last, bool now) { return now && !last; };
  switch (behavior) {
    case SplitBehavior::removed:
      std::erase_if(stretches, [](const Stretch& s) { return s.match; });
      return stretches;
    case SplitBehavior::isolated:
      return stretches;
    case SplitBehavior::contiguous:
      return join(stretches, [](bool last, bool now) { return now == last; });
    case SplitBehavior::merged_with_previous:
      return join(stretches, joins_other);
    case SplitBehavior::merged_with_next:
      break;
  }
  std::reverse(stretches.begin(), stretches.end());
  stretches = join(stretches, joins_other);
  std::reverse(stretches.begin(), stretches.end());
  return stretches;
}

constexpr std::pair<std::string_view, SplitBehavior> kBehaviors[] = {
    {"Removed", SplitBehavior::removed},
    {"Isolated", SplitBehavior::isolated},
    {"MergedWithPrevious", SplitBehavior::merged_with_previous},
    {"MergedWithNext", SplitBehavior::merged_with_next},
    {"Contiguous", SplitBehavior::contiguous},
};

}  // namespace

void split_by(SplitBehavior behavior, bool inverted, std::string_view text, const std::vector<Pattern::Match>& matches, std::size_t offset,
              std::vector<WordRange>& out) {
  for (const Stretch& stretch : behave(behavior, tile(text, matches, inverted))) {
    if (stretch.begin < stretch.end) out.push_back({offset + stretch.begin, offset + stretch.end});
  }
}

std::unique_ptr<const Pattern> read_pattern(const Json& json, const std::string& where) {
  if (!member(json, "String", where).is_null()) return std::make_unique<Literal>(string_field(json, "String", where));
  std::string regex = string_field(json, "Regex", where);
  if (const WordRules* rules = find_word_rules(regex); rules != nullptr) {
    if (*rules == kGpt2Words) return std::make_unique<ScannedPattern<kGpt2Words>>(std::move(regex));
    if (*rules == kLlama3Words) return std::make_unique<ScannedPattern<kLlama3Words>>(std::move(regex));
    if (*rules == kQwen2Words) return std::make_unique<ScannedPattern<kQwen2Words>>(std::move(regex));
  }
  return std::make_unique<RegexPattern>(regex, where);
}

SplitBehavior read_behavior(const std::string& name, const std::string& where) {
  for (const auto& [known, behavior] : kBehaviors) {
    if (known == name) return behavior;
  }
  throw Error(ErrorCode::unsupported, where + ": the behaviour '" + name + "' is not supported");
}

}  // namespace akin::text
