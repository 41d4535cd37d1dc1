#include "regex_program.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "akin/base/error.h"
#include "akin/base/utf8.h"

namespace akin::text {
namespace {

using Kind = RegexStep::Kind;
using Place = RegexStep::Place;
using Steps = std::vector<RegexStep>;

constexpr std::size_t kMaxSteps = 10'000;
constexpr int kMaxDepth = 50;
constexpr std::uint32_t kMaxRepeat = 1'000;
constexpr std::uint32_t kUnbounded = std::numeric_limits<std::uint32_t>::max();

constexpr std::uint32_t bit(Category category) { return std::uint32_t{1} << static_cast<unsigned>(category); }

constexpr std::uint32_t bits(Category first, Category last) { return ((bit(last) - 1) | bit(last)) & ~(bit(first) - 1); }

struct CategoryName {
  std::string_view name;  // lower case
  std::uint32_t mask;
};
constexpr CategoryName kGroups[] = {
    {"l", bits(Category::lu, Category::lo)},
    {"letter", bits(Category::lu, Category::lo)},
    {"m", bits(Category::mn, Category::me)},
    {"mark", bits(Category::mn, Category::me)},
    {"n", bits(Category::nd, Category::no)},
    {"number", bits(Category::nd, Category::no)},
    {"p", bits(Category::pc, Category::po)},
    {"punctuation", bits(Category::pc, Category::po)},
    {"s", bits(Category::sm, Category::so)},
    {"symbol", bits(Category::sm, Category::so)},
    {"z", bits(Category::zs, Category::zp)},
    {"separator", bits(Category::zs, Category::zp)},
    {"c", bits(Category::cc, Category::co) | bit(Category::cn)},
    {"other", bits(Category::cc, Category::co) | bit(Category::cn)},
    {"lc", bit(Category::lu) | bit(Category::ll) | bit(Category::lt)},
};
constexpr std::array<std::string_view, 30> kCategories = {"cn", "lu", "ll", "lt", "lm", "lo", "mn", "mc", "me", "nd",
                                                          "nl", "no", "pc", "pd", "ps", "pe", "pi", "pf", "po", "sm",
                                                          "sc", "sk", "so", "zs", "zl", "zp", "cc", "cf", "cs", "co"};

// The characters that every match has, which a look-behind needs. None if they differ.
using Width = std::optional<std::uint32_t>;

struct Fragment {
  Steps steps;
  Width width = 0;

  void append(const Fragment& other) {
    steps.insert(steps.end(), other.steps.begin(), other.steps.end());
    width = width && other.width ? Width(*width + *other.width) : Width();
  }
};

std::int32_t distance(const Steps& over, int more) { return static_cast<std::int32_t>(over.size()) + more; }

class Compiler {
 public:
  Compiler(std::string_view pattern, const std::string& where) : pattern_(pattern), where_(where) {}

  RegexProgram compile() {
    Fragment all = alternatives(0);
    if (at_ < pattern_.size()) corrupt("a ')' too many");
    all.steps.push_back({.kind = Kind::accept});
    return {std::move(all.steps), std::move(sets_)};
  }

 private:
  [[noreturn]] void fail(ErrorCode code, const std::string& what) const {
    throw Error(code, where_ + ": the pattern " + std::string(pattern_) + ": " + what);
  }
  [[noreturn]] void corrupt(const std::string& what) const { fail(ErrorCode::corrupt, what); }
  [[noreturn]] void unsupported(const std::string& what) const { fail(ErrorCode::unsupported, what + " is not supported"); }

  [[nodiscard]] bool ahead(std::string_view what) const { return pattern_.substr(at_).starts_with(what); }
  bool take(std::string_view what) {
    if (!ahead(what)) return false;
    at_ += what.size();
    return true;
  }
  void require(std::string_view what) {
    if (!take(what)) corrupt("'" + std::string(what) + "' is missing");
  }
  char32_t take_character() {
    if (at_ == pattern_.size()) corrupt("it ends too early");
    const DecodedChar c = decode_utf8(pattern_, at_);
    at_ += c.length;
    return c.code_point;
  }
  void check_size(const Steps& steps) const {
    if (steps.size() > kMaxSteps) fail(ErrorCode::limit, "more than " + std::to_string(kMaxSteps) + " steps");
  }

  Fragment alternatives(int depth) {
    if (depth > kMaxDepth) fail(ErrorCode::limit, "groups are nested more than " + std::to_string(kMaxDepth) + " deep");
    const bool fold = fold_;
    std::vector<Fragment> branches = {sequence(depth)};
    while (take("|")) branches.push_back(sequence(depth));
    fold_ = fold;
    Fragment out = std::move(branches.back());
    for (std::size_t i = branches.size() - 1; i-- > 0;) out = either(branches[i], out);
    return out;
  }

  Fragment either(const Fragment& first, const Fragment& second) const {
    Fragment out;
    out.steps.push_back({.kind = Kind::split, .a = 1, .b = distance(first.steps, 2)});
    out.steps.insert(out.steps.end(), first.steps.begin(), first.steps.end());
    out.steps.push_back({.kind = Kind::jump, .a = distance(second.steps, 1)});
    out.steps.insert(out.steps.end(), second.steps.begin(), second.steps.end());
    out.width = first.width == second.width ? first.width : Width();
    check_size(out.steps);
    return out;
  }

  Fragment sequence(int depth) {
    Fragment out;
    while (at_ < pattern_.size() && !ahead("|") && !ahead(")")) {
      out.append(repeated(depth));
      check_size(out.steps);
    }
    return out;
  }

  struct Repeat {
    std::uint32_t least = 1;
    std::uint32_t most = 1;
    bool interval = false;
  };

  std::optional<Repeat> take_repeat() {
    if (take("*")) return Repeat{0, kUnbounded};
    if (take("+")) return Repeat{1, kUnbounded};
    if (take("?")) return Repeat{0, 1};
    const std::size_t start = at_;
    if (take("{")) {
      const std::optional<std::uint32_t> least = take_number();
      const bool comma = take(",");
      const std::optional<std::uint32_t> most = comma ? take_number() : least;
      if (take("}") && (least || most)) {
        const Repeat repeat = {least.value_or(0), most.value_or(kUnbounded), true};
        if (repeat.most != kUnbounded && repeat.least > repeat.most) unsupported("a repeat whose least is more than its most");
        return repeat;
      }
      at_ = start;  // a brace that is no repeat stands for itself
    }
    return std::nullopt;
  }

  std::optional<std::uint32_t> take_number() {
    const std::size_t start = at_;
    std::uint32_t value = 0;
    while (at_ < pattern_.size() && pattern_[at_] >= '0' && pattern_[at_] <= '9') {
      value = value * 10 + static_cast<std::uint32_t>(pattern_[at_++] - '0');
      if (value > kMaxRepeat) fail(ErrorCode::limit, "a repeat of more than " + std::to_string(kMaxRepeat));
    }
    return at_ == start ? std::nullopt : std::optional(value);
  }

  Fragment repeated(int depth) {
    Fragment out = atom(depth);
    while (const std::optional<Repeat> repeat = take_repeat()) {
      const bool lazy = take("?");
      // Behind {n,m} a plus is another repeat.
      const bool possessive = !lazy && !repeat->interval && take("+");
      out = repeat_fragment(out, *repeat, lazy);
      if (possessive) out = nested(std::move(out), {.kind = Kind::atomic});
      check_size(out.steps);
    }
    return out;
  }

  Fragment repeat_fragment(const Fragment& body, const Repeat& repeat, bool lazy) const {
    const auto split = [lazy](std::int32_t in, std::int32_t out) {
      return RegexStep{.kind = Kind::split, .a = lazy ? out : in, .b = lazy ? in : out};
    };
    Fragment out;
    for (std::uint32_t i = 0; i < repeat.least; ++i) {
      out.append(body);
      check_size(out.steps);
    }
    if (repeat.most == kUnbounded) {
      out.steps.push_back(split(1, distance(body.steps, 2)));
      out.steps.insert(out.steps.end(), body.steps.begin(), body.steps.end());
      out.steps.push_back({.kind = Kind::jump, .a = -distance(body.steps, 1)});
    } else {
      const std::uint32_t more = repeat.most - repeat.least;
      for (std::uint32_t i = 0; i < more; ++i) {
        const std::size_t left = (more - i) * (body.steps.size() + 1);
        if (left > kMaxSteps) check_size(Steps(kMaxSteps + 1));
        out.steps.push_back(split(1, static_cast<std::int32_t>(left)));
        out.steps.insert(out.steps.end(), body.steps.begin(), body.steps.end());
      }
    }
    if (repeat.least != repeat.most) out.width = std::nullopt;
    return out;
  }

  // A look-around or atomic group around a body.
  static Fragment nested(Fragment body, RegexStep head) {
    head.a = 1;
    head.b = distance(body.steps, 2);
    Fragment out;
    out.steps.push_back(head);
    out.steps.insert(out.steps.end(), body.steps.begin(), body.steps.end());
    out.steps.push_back({.kind = Kind::accept});
    out.width = head.kind == Kind::look ? Width(0) : body.width;
    return out;
  }

  Fragment place(Place where) {
    Fragment out;
    out.steps.push_back({.kind = Kind::at, .place = where});
    return out;
  }

  Fragment one(CharSet set) {
    if (fold_) set.fold_case();
    set.finish();
    Fragment out;
    out.steps.push_back({.kind = Kind::one, .a = static_cast<std::int32_t>(sets_.size())});
    out.width = 1;
    sets_.push_back(std::move(set));
    return out;
  }

  Fragment atom(int depth) {
    if (take("(")) return group(depth);
    if (take("[")) return one(bracket(depth));
    if (take("^")) return place(Place::line_begin);
    if (take("$")) return place(Place::line_end);
    CharSet set;
    if (take(".")) {
      set.add('\n');
      set.negate();
      return one(std::move(set));
    }
    if (take("\\")) return escape();
    if (ahead("*") || ahead("+") || ahead("?")) corrupt("a repeat of nothing");
    set.add(take_character());
    return one(std::move(set));
  }

  Fragment group(int depth) {
    RegexStep head;
    bool is_nested = true;
    if (take("?=")) {
      head = {.kind = Kind::look};
    } else if (take("?!")) {
      head = {.kind = Kind::look, .negative = true};
    } else if (ahead("?<=") || ahead("?<!")) {
      head = {.kind = Kind::look, .negative = ahead("?<!"), .back = 1};
      at_ += 3;
    } else if (take("?>")) {
      head = {.kind = Kind::atomic};
    } else if (take("?") && !take(":")) {
      return options(depth);
    } else {
      is_nested = false;
    }
    Fragment body = alternatives(depth + 1);
    require(")");
    if (!is_nested) return body;
    if (head.back != 0) {
      if (!body.width) unsupported("a look-behind of several lengths");
      head.back = *body.width;
    }
    return nested(std::move(body), head);
  }

  // (?i:…) or (?i), which holds to the end of the group around it.
  Fragment options(int depth) {
    bool on = true;
    bool fold = fold_;
    while (!ahead(":") && !ahead(")")) {
      const char32_t c = take_character();
      if (c == '-') {
        on = false;
      } else if (c == 'i') {
        fold = on;
      } else {
        unsupported("a group that begins with '(?" + std::string(1, c < 128 ? static_cast<char>(c) : '?') + "'");
      }
    }
    const bool outer = fold_;
    fold_ = fold;
    if (take(")")) return alternatives_until_close(depth);
    require(":");
    Fragment body = alternatives(depth + 1);
    require(")");
    fold_ = outer;
    return body;
  }

  // "a(?i)b|c" means "a(?i:b|c)".
  Fragment alternatives_until_close(int depth) {
    Fragment body = alternatives(depth + 1);
    if (at_ < pattern_.size() && !ahead(")")) corrupt("it cannot be read");
    return body;
  }

  Fragment escape() {
    if (take("A")) return place(Place::text_begin);
    if (take("z")) return place(Place::text_end);
    if (take("Z")) return place(Place::text_end_or_line);
    if (take("b")) return place(Place::word_edge);
    if (take("B")) return place(Place::no_word_edge);
    CharSet set;
    if (!add_class_escape(set)) set.add(escaped_character());
    return one(std::move(set));
  }

  // \s, \p{…} and the like, the backslash taken. False, nothing taken, for another one.
  bool add_class_escape(CharSet& set, bool in_brackets = false) {
    if (at_ == pattern_.size()) corrupt("it ends in a backslash");
    const char c = pattern_[at_++];
    switch (c) {
      case 's':
      case 'S':
        set.add_kind(CharSet::Kind::space, c == 'S');
        return true;
      case 'w':
      case 'W':
        set.add_kind(in_brackets ? CharSet::Kind::word_in_brackets : CharSet::Kind::word, c == 'W');
        return true;
      case 'd':
      case 'D':
        set.add_categories(c == 'd' ? bit(Category::nd) : ~bit(Category::nd));
        return true;
      case 'h':
        for (const std::string_view range : {"09", "af", "AF"})
          set.add_range(static_cast<char32_t>(range[0]), static_cast<char32_t>(range[1]));
        return true;
      case 'p':
      case 'P':
        set.add_categories(category_mask(c == 'P'));
        return true;
      default:
        --at_;
        return false;
    }
  }

  std::uint32_t category_mask(bool negated) {
    require("{");
    if (take("^")) negated = !negated;
    const std::size_t end = pattern_.find('}', at_);
    if (end == std::string_view::npos) corrupt("'}' is missing");
    std::string name;
    for (const char c : pattern_.substr(at_, end - at_)) {
      if (c != ' ' && c != '_' && c != '-') name += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    at_ = end + 1;
    std::uint32_t mask = 0;
    for (const CategoryName& group : kGroups) {
      if (group.name == name) mask = group.mask;
    }
    if (const auto* const found = std::find(kCategories.begin(), kCategories.end(), name); found != kCategories.end())
      mask = std::uint32_t{1} << (found - kCategories.begin());
    if (mask == 0) unsupported("\\p{" + name + "}");
    return negated ? ~mask : mask;
  }

  // \n, \x41, \. and the like, the backslash taken.
  char32_t escaped_character() {
    const char32_t c = take_character();
    switch (c) {
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'f':
        return '\f';
      case 'v':
        return '\v';
      case 'a':
        return '\a';
      case 'e':
        return 0x1B;
      case 'x':
        return take("{") ? hexadecimal(8, "}") : hexadecimal(2, "");
      case 'u':
        return hexadecimal(4, "");
      default:
        break;
    }
    if (c < 128 && ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
      unsupported("\\" + std::string(1, static_cast<char>(c)));
    return c;
  }

  char32_t hexadecimal(int most, std::string_view close) {
    char32_t value = 0;
    int n = 0;
    for (; n < most && at_ < pattern_.size(); ++n, ++at_) {
      const char c = pattern_[at_];
      const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
      if (digit < 0) break;
      value = value * 16 + static_cast<char32_t>(digit);
    }
    if (n == 0 || value > 0x10FFFF) corrupt("an escape names no character");
    require(close);
    return value;
  }

  // The '[' is taken.
  CharSet bracket(int depth) {
    if (depth > kMaxDepth) fail(ErrorCode::limit, "sets are nested more than " + std::to_string(kMaxDepth) + " deep");
    CharSet set;
    if (take("^")) set.negate();
    for (bool first = true; !ahead("]") || first; first = false) {
      if (ahead("[:")) unsupported("a POSIX bracket");
      if (ahead("&&")) unsupported("an intersection of sets");
      if (take("[")) {
        set.add_set(bracket(depth + 1));
        continue;
      }
      if (take("\\")) {
        if (add_class_escape(set, true)) continue;
        add_range_from(set, take("b") ? U'\b' : escaped_character());
        continue;
      }
      add_range_from(set, take_character());
    }
    require("]");
    set.finish();
    return set;
  }

  void add_range_from(CharSet& set, char32_t first) {
    if (!ahead("-") || pattern_.substr(at_).starts_with("-]")) return set.add(first);
    const std::size_t start = at_;
    take("-");
    if (ahead("[")) {
      at_ = start;
      return set.add(first);
    }
    char32_t last = 0;
    if (take("\\")) {
      CharSet probe;
      if (add_class_escape(probe)) unsupported("a range that ends in a class");
      last = escaped_character();
    } else {
      last = take_character();
    }
    if (last < first) corrupt("a range runs backwards");
    set.add_range(first, last);
  }

  std::string_view pattern_;
  const std::string& where_;
  std::size_t at_ = 0;
  bool fold_ = false;
  std::vector<CharSet> sets_;
};

}  // namespace

RegexProgram compile_regex(std::string_view pattern, const std::string& where) {
  if (!is_valid_utf8(pattern)) throw Error(ErrorCode::corrupt, where + ": the pattern is not valid UTF-8");
  return Compiler(pattern, where).compile();
}

}  // namespace akin::text
