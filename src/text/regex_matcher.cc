#include "regex_matcher.h"

#include <unordered_set>

#include "akin/base/error.h"
#include "akin/base/utf8.h"

namespace akin::text {
namespace {

using Kind = RegexStep::Kind;
using Place = RegexStep::Place;

// A search that takes more steps than this begins to remember where it failed. Words of a text take some tens.
constexpr std::size_t kRememberAfter = 512;
// Places remembered at most, about 200 MB.
constexpr std::size_t kMaxRemembered = std::size_t{1} << 22;
// Steps on a text: this many, and so many more for each byte.
constexpr std::size_t kFreeSteps = 1'000'000;
constexpr std::size_t kStepsPerByte = 1'000;

std::size_t before(std::string_view text, std::size_t at) noexcept {
  --at;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
  return at;
}

class Search {
 public:
  Search(const RegexProgram& program, std::string_view text, const std::string& where, const std::string& pattern)
      : program_(program), text_(text), where_(where), pattern_(pattern), budget_(kFreeSteps + text.size() * kStepsPerByte) {}

  /// The first match that begins at or after `from`.
  bool find(std::size_t from, Regex::Match& match) {
    failed_.clear();
    steps_ = 0;
    for (std::size_t at = from; at <= text_.size(); at += at < text_.size() ? decode_utf8(text_, at).length : 1) {
      if (run(0, at, true, match.second)) {
        match.first = at;
        return true;
      }
    }
    return false;
  }

 private:
  struct Thread {
    std::size_t step = 0;
    std::size_t at = 0;
  };

  // Depth is that of nested groups, which the compiler limits.
  bool run(std::size_t start, std::size_t from, bool remember, std::size_t& end) {
    const std::size_t base = threads_.size();
    threads_.push_back({start, from});
    bool found = false;
    while (!found && threads_.size() > base) {
      Thread thread = threads_.back();
      threads_.pop_back();
      while (advance(thread, remember)) {
        if (program_.steps[thread.step].kind != Kind::accept) continue;
        end = thread.at;
        found = true;
        break;
      }
    }
    threads_.resize(base);
    return found;
  }

  // One step on; false if the thread dies. A thread at `accept` stays there.
  bool advance(Thread& thread, bool remember) {
    const RegexStep& step = program_.steps[thread.step];
    ++steps_;
    if (budget_-- == 0)
      throw Error(ErrorCode::limit,
                  where_ + ": the pattern " + pattern_ + " takes too long on a text of " + std::to_string(text_.size()) + " bytes");
    const auto go = [&](std::int32_t distance) {
      thread.step = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(thread.step) + distance);
      return true;
    };
    switch (step.kind) {
      case Kind::one: {
        if (thread.at == text_.size()) return false;
        const DecodedChar c = decode_utf8(text_, thread.at);
        if (!program_.sets[static_cast<std::size_t>(step.a)].holds(c.code_point)) return false;
        thread.at += c.length;
        return go(1);
      }
      case Kind::split: {
        if (remember && is_known(thread)) return false;
        Thread other = thread;
        other.step = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(other.step) + step.b);
        threads_.push_back(other);
        return go(step.a);
      }
      case Kind::jump:
        return go(step.a);
      case Kind::at:
        return is_at(step.place, thread.at) && go(1);
      case Kind::look:
        return looks(step, thread) != step.negative && go(step.b);
      case Kind::atomic:
        return run(thread.step + static_cast<std::size_t>(step.a), thread.at, false, thread.at) && go(step.b);
      case Kind::accept:
        break;
    }
    return true;
  }

  // Has this search been here before? Then it failed from here, or will be led on from here by an older thread.
  bool is_known(const Thread& thread) {
    if (steps_ < kRememberAfter || failed_.size() >= kMaxRemembered) return false;
    return !failed_.insert(thread.at * program_.steps.size() + thread.step).second;
  }

  bool looks(const RegexStep& step, const Thread& thread) {
    std::size_t at = thread.at;
    for (std::uint32_t i = 0; i < step.back; ++i) {
      if (at == 0) return false;
      at = before(text_, at);
    }
    std::size_t end = 0;
    return run(thread.step + static_cast<std::size_t>(step.a), at, false, end);
  }

  [[nodiscard]] bool is_at(Place place, std::size_t at) const {
    const bool begins = at == 0;
    const bool ends = at == text_.size();
    switch (place) {
      case Place::text_begin:
        return begins;
      case Place::text_end:
        return ends;
      case Place::text_end_or_line:
        return ends || (at + 1 == text_.size() && text_[at] == '\n');
      case Place::line_begin:
        return begins || (text_[at - 1] == '\n' && !ends);
      case Place::line_end:
        return ends || text_[at] == '\n';
      case Place::word_edge:
      case Place::no_word_edge:
        break;
    }
    const bool word_before = !begins && is_regex_word(decode_utf8(text_, before(text_, at)).code_point);
    const bool word_after = !ends && is_regex_word(decode_utf8(text_, at).code_point);
    return (word_before != word_after) == (place == Place::word_edge);
  }

  const RegexProgram& program_;
  std::string_view text_;
  const std::string& where_;
  const std::string& pattern_;
  std::size_t budget_;
  std::size_t steps_ = 0;  // of this search
  std::vector<Thread> threads_;
  std::unordered_set<std::size_t> failed_;  // place × steps + step
};

}  // namespace

Regex::Regex(std::string_view pattern, const std::string& where)
    : pattern_(pattern), where_(where), program_(compile_regex(pattern, where)) {}

void Regex::find_all(std::string_view text, std::vector<Match>& out) const {
  Search search(program_, text, where_, pattern_);
  bool any = false;
  Match match;
  for (std::size_t from = 0; from <= text.size() && search.find(from, match); from = match.second) {
    const auto [begin, end] = match;
    if (begin == end && any && out.back().second == end) {
      if (end == text.size()) break;
      match.second += decode_utf8(text, end).length;
      continue;
    }
    out.push_back(match);
    any = true;
  }
}

}  // namespace akin::text
