#include "ignore.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <span>

#include "akin/base/error.h"
#include "akin/base/mapped_file.h"
#include "akin/base/wildcard.h"

namespace akin::retrieval {
namespace {

// Version control, packages and caches that programs make, and what editors and desktops leave behind: nothing that a person wrote.
constexpr std::string_view kDefaults =
    ".akinignore\n.git\n.hg/\n.svn/\n.bzr/\n.jj/\nCVS/\n"
    "node_modules/\nbower_components/\n__pycache__/\n.venv/\n.tox/\n.nox/\n.mypy_cache/\n.pytest_cache/\n.ruff_cache/\n.gradle/\n"
    ".ipynb_checkpoints/\n.terraform/\n"
    ".DS_Store\nThumbs.db\ndesktop.ini\n*~\n.*.sw[a-p]\n.#*\n~$*\n";

bool is_class(std::string_view name, unsigned char c) noexcept {
  const bool lower = c >= 'a' && c <= 'z', upper = c >= 'A' && c <= 'Z', digit = c >= '0' && c <= '9';
  if (name == "alpha") return lower || upper;
  if (name == "alnum") return lower || upper || digit;
  if (name == "digit") return digit;
  if (name == "lower") return lower;
  if (name == "upper") return upper;
  if (name == "xdigit") return digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  if (name == "space") return c == ' ' || (c >= '\t' && c <= '\r');
  if (name == "blank") return c == ' ' || c == '\t';
  if (name == "cntrl") return c < 0x20 || c == 0x7F;
  if (name == "print") return c >= 0x20 && c < 0x7F;
  if (name == "graph") return c > 0x20 && c < 0x7F;
  if (name == "punct") return c > 0x20 && c < 0x7F && !lower && !upper && !digit;
  return false;
}

constexpr std::size_t kBroken = std::string_view::npos;

/// A set "[…]" at the front of the pattern: its length, and whether `c` is in it. A set without an end has the length kBroken.
struct SetMatch {
  std::size_t length = kBroken;
  bool matches = false;
};

SetMatch match_set(std::string_view pattern, unsigned char c) noexcept {
  std::size_t i = 1;
  const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated) ++i;
  bool found = false;
  int last = -1;  // a range may begin with it
  for (bool first = true;; first = false) {
    if (i >= pattern.size()) return {};
    if (pattern[i] == ']' && !first) return {i + 1, found != negated};
    if (pattern[i] == '[' && pattern.substr(i + 1).starts_with(':')) {
      if (const std::size_t end = pattern.find(":]", i + 2); end != pattern.npos) {
        found = found || is_class(pattern.substr(i + 2, end - i - 2), c);
        last = -1;
        i = end + 2;
        continue;
      }
    }
    const bool is_range = pattern[i] == '-' && last >= 0 && i + 1 < pattern.size() && pattern[i + 1] != ']';
    if (is_range) ++i;
    if (pattern[i] == '\\') ++i;
    if (i >= pattern.size()) return {};
    const auto byte = static_cast<unsigned char>(pattern[i++]);
    found = found || (is_range ? c >= last && c <= byte : c == byte);
    last = is_range ? -1 : byte;
  }
}

/// What stands at the front of the pattern (no '*'), against one byte: how much of the pattern it takes; 0 if it does not match.
std::size_t match_one(std::string_view pattern, char c) noexcept {
  if (pattern[0] == '?') return 1;
  if (pattern[0] == '[') {
    const SetMatch set = match_set(pattern, static_cast<unsigned char>(c));
    return set.matches ? set.length : 0;
  }
  if (pattern[0] == '\\') return pattern.size() > 1 && pattern[1] == c ? 2 : 0;
  return pattern[0] == c ? 1 : 0;
}

/// Whether a part is nothing but two or more stars.
bool is_any_folders(std::string_view part) noexcept { return part.size() > 1 && part.find_first_not_of('*') == part.npos; }

/// As matches_glob(), with parts instead of letters: "**" is any number of parts, at the end one at least.
bool match_parts(std::span<const std::string> pattern, std::span<const std::string_view> path) {
  std::size_t p = 0, n = 0, star = kBroken, from = 0;
  while (n < path.size()) {
    if (p < pattern.size() && is_any_folders(pattern[p])) {
      if (p + 1 == pattern.size()) return true;
      star = p++;
      from = n;
    } else if (p < pattern.size() && matches_glob(pattern[p], path[n])) {
      ++p;
      ++n;
    } else if (star != kBroken) {
      p = star + 1;
      n = ++from;
    } else {
      return false;
    }
  }
  return p == pattern.size();
}

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    parts.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

/// Without the spaces at the end that no '\' keeps.
std::string_view without_trailing_spaces(std::string_view line) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\' && i + 1 < line.size()) {
      ++i;
      end = i + 1;
    } else if (line[i] != ' ') {
      end = i + 1;
    }
  }
  return line.substr(0, end);
}

const IgnoreRules& defaults() {
  static const IgnoreRules rules(kDefaults, "");
  return rules;
}

}  // namespace

std::string_view default_rules() noexcept { return kDefaults; }

bool matches_glob(std::string_view pattern, std::string_view name) noexcept { return match_wildcard(pattern, name, match_one); }

IgnoreRules::IgnoreRules(std::string_view text, const std::string& file) {
  constexpr std::size_t kMaxLine = 4096, kMaxRules = 10'000;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() > kMaxLine)
      throw Error(ErrorCode::limit, file + ": line " + std::to_string(number) + " has more than " + std::to_string(kMaxLine) + " bytes");
    if (!line.empty() && line[0] != '#') add(without_trailing_spaces(line));
    if (rules_.size() > kMaxRules) throw Error(ErrorCode::limit, file + ": has more than " + std::to_string(kMaxRules) + " rules");
  }
}

void IgnoreRules::add(std::string_view line) {
  Rule rule;
  if (line.starts_with('!')) {
    rule.takes_back = true;
    line.remove_prefix(1);
  }
  if (line.ends_with('/')) {
    rule.folders_only = true;
    line.remove_suffix(1);
  }
  rule.any_level = line.find('/') == line.npos;
  if (line.starts_with('/')) line.remove_prefix(1);
  if (line.empty()) return;
  for (const std::string_view part : parts_of(line)) {
    rule.parts.emplace_back(part);
    std::string& own = rule.parts.back();
    // "a\/b": the '/' parts whether it is escaped or not.
    if (own.ends_with('\\') && !own.ends_with("\\\\") && part.data() + part.size() != line.data() + line.size()) own.pop_back();
  }
  rules_.push_back(std::move(rule));
}

std::optional<bool> IgnoreRules::verdict(std::string_view path, bool is_folder) const {
  const std::vector<std::string_view> parts = parts_of(path);
  for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule) {
    if (rule->folders_only && !is_folder) continue;
    const bool matches = rule->any_level ? matches_glob(rule->parts[0], parts.back()) : match_parts(rule->parts, parts);
    if (matches) return !rule->takes_back;
  }
  return std::nullopt;
}

bool is_ignored(const IgnoreChain* chain, std::string_view path, bool is_folder) {
  for (; chain != nullptr; chain = chain->above.get()) {
    const std::size_t n = chain->folder == "/" ? 1 : chain->folder.size() + 1;
    if (const std::optional<bool> verdict = chain->rules.verdict(path.substr(std::min(n, path.size())), is_folder)) return *verdict;
  }
  return defaults().verdict(path.substr(path.rfind('/') + 1), is_folder).value_or(false);
}

std::shared_ptr<const IgnoreChain> chain_of(const std::string& folder, std::shared_ptr<const IgnoreChain> above) {
  constexpr std::size_t kMaxBytes = std::size_t{1} << 20;
  const std::filesystem::path file = std::filesystem::path(folder) / kIgnoreFile;
  std::error_code error;
  if (!std::filesystem::exists(file, error) && !error) return above;
  IgnoreRules rules(read_file(file, kMaxBytes), file.string());
  if (rules.empty()) return above;
  return std::make_shared<const IgnoreChain>(IgnoreChain{std::move(above), folder, std::move(rules)});
}

}  // namespace akin::retrieval
