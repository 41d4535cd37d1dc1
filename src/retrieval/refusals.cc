// Refusals by reason. Tested by refusals_test.cc.
#include <algorithm>
#include <map>

#include "akin/retrieval/collection.h"

namespace akin {
namespace {

/// The reason without the file that it names first, numbers as "N": what many files may share.
std::string kind_of(const Refusal& refusal) {
  std::string_view reason = refusal.reason;
  if (reason.starts_with(refusal.uri + ": ")) reason.remove_prefix(refusal.uri.size() + 2);
  std::string kind;
  for (const char c : reason) {
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit) kind += c;
    if (is_digit && !kind.ends_with('N')) kind += 'N';
  }
  return kind;
}

}  // namespace

std::vector<RefusalKind> refusals_by_reason(const std::vector<Refusal>& refused) {
  std::map<std::string, RefusalKind> kinds;
  for (const Refusal& refusal : refused) {
    RefusalKind& kind = kinds.try_emplace(kind_of(refusal), RefusalKind{{}, 0, refusal.uri}).first->second;
    ++kind.n_files;
  }
  std::vector<RefusalKind> out;
  for (auto& [reason, kind] : kinds) {
    kind.reason = reason;
    out.push_back(std::move(kind));
  }
  std::stable_sort(out.begin(), out.end(), [](const RefusalKind& a, const RefusalKind& b) { return a.n_files > b.n_files; });
  return out;
}

}  // namespace akin
