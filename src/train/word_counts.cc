#include "word_counts.h"

#include <algorithm>

#include "akin/base/error.h"
#include "akin/base/utf8.h"

namespace akin::train {
namespace {

constexpr std::size_t kMaxWordBytes = std::size_t{1} << 20;
constexpr std::size_t kTextsAtOnce = 512;  // of one piece of work: enough that its table is worth merging

}  // namespace

std::map<char32_t, std::uint64_t> count_characters(const std::vector<CountedWord>& words) {
  std::map<char32_t, std::uint64_t> out;
  for (const CountedWord& word : words) {
    for (std::size_t at = 0; at < word.text.size();) {
      const DecodedChar c = decode_utf8(word.text, at);
      out[c.code_point] += word.count;
      at += c.length;
    }
  }
  return out;
}

void WordCounts::count(Map& map, std::string_view word, std::uint64_t times) {
  if (word.size() > kMaxWordBytes)
    throw Error(ErrorCode::limit, "a word of " + std::to_string(word.size()) + " bytes: the most is " + std::to_string(kMaxWordBytes) +
                                      "; cut the text into shorter ones");
  if (const auto found = map.find(word); found != map.end()) {
    found->second += times;
  } else {
    map.emplace(word, times);
  }
}

void WordCounts::add(std::span<const std::string> texts, const TokenizerTemplate& form, Context& context) {
  std::vector<Map> parts(texts.size() / kTextsAtOnce + 1);
  context.parallel_for(texts.size(), kTextsAtOnce, [&](std::size_t begin, std::size_t end) {
    Map& part = parts[begin / kTextsAtOnce];
    for (std::size_t i = begin; i < end; ++i) form.split(texts[i], [&](std::string_view word) { count(part, word, 1); });
  });
  for (const Map& part : parts) {
    for (const auto& [word, times] : part) {
      count(counts_, word, times);
      n_words_ += times;
    }
  }
}

std::vector<CountedWord> WordCounts::sorted() const {
  std::vector<CountedWord> out;
  out.reserve(counts_.size());
  for (const auto& [word, times] : counts_) out.push_back({word, times});
  std::sort(out.begin(), out.end(), [](const CountedWord& a, const CountedWord& b) { return a.text < b.text; });
  return out;
}

}  // namespace akin::train
