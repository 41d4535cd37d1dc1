#include "akin/text/shingles.h"

#include <algorithm>
#include <cstring>

#include "akin/base/error.h"
#include "akin/text/fold.h"
#include "akin/text/words.h"

namespace akin {
namespace {

constexpr std::size_t kMaxSize = 64;
// Shingles that are kept before repeats are taken out: of a long text most are repeats.
constexpr std::size_t kBetweenSorts = std::size_t{1} << 20;
// Texts whose sets are made before they are put together.
constexpr std::size_t kTextsOfBlock = 8192;
constexpr std::size_t kTextsAtOnce = 64;

/// The high and the low half of a product, in one: every bit of both factors tells in it.
std::uint64_t folded_product(std::uint64_t a, std::uint64_t b) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Odd numbers without a pattern: the fraction of the golden ratio, and of the square root of 3.
constexpr std::uint64_t kFirst = 0x9E3779B97F4A7C15ULL, kSecond = 0xBB67AE8584CAA73BULL;

std::uint64_t hash_of(std::uint64_t hash, std::string_view bytes) noexcept {
  hash ^= bytes.size();
  for (std::size_t at = 0; at < bytes.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, std::min<std::size_t>(8, bytes.size() - at));
    hash = folded_product(hash ^ word ^ kFirst, kSecond);
  }
  return hash;
}

std::uint32_t key_of(std::uint64_t hash) noexcept { return static_cast<std::uint32_t>(folded_product(hash ^ kSecond, kFirst)); }

/// Keys without repeats.
class KeySet {
 public:
  void add(std::uint32_t key) {
    keys_.push_back(key);
    if (keys_.size() - n_sorted_ >= std::max(kBetweenSorts, n_sorted_)) settle();
  }
  std::vector<std::uint32_t> take() {
    settle();
    return std::move(keys_);
  }

 private:
  void settle() {
    const auto middle = keys_.begin() + static_cast<std::ptrdiff_t>(n_sorted_);
    std::sort(middle, keys_.end());
    keys_.erase(std::unique(middle, keys_.end()), keys_.end());
    std::inplace_merge(keys_.begin(), middle, keys_.end());
    keys_.erase(std::unique(keys_.begin(), keys_.end()), keys_.end());
    n_sorted_ = keys_.size();
  }

  std::vector<std::uint32_t> keys_;
  std::size_t n_sorted_ = 0;
};

bool begins_character(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

std::vector<std::uint32_t> of_characters(std::string_view text, std::size_t size) {
  KeySet keys;
  std::size_t starts[kMaxSize];  // of the last characters, in a ring
  std::size_t n = 0;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    if (at < text.size() && !begins_character(text[at])) continue;
    if (n >= size) {
      const std::size_t begin = starts[n % size];
      keys.add(key_of(hash_of(0, text.substr(begin, at - begin))));
    }
    starts[n++ % size] = at;
  }
  if (!text.empty() && n - 1 < size) keys.add(key_of(hash_of(0, text)));
  return keys.take();
}

std::vector<std::uint32_t> of_words(std::string_view text, std::size_t size) {
  KeySet keys;
  std::vector<std::uint64_t> words;
  for (const TextSpan& span : split_words(text)) {
    const std::string_view word = text.substr(span.begin, span.end - span.begin);
    const std::string_view bare = without_punctuation(word);
    if (!bare.empty()) words.push_back(hash_of(0, bare));
  }
  const auto add = [&](std::size_t first, std::size_t count) {
    std::uint64_t hash = count;
    for (std::size_t i = first; i < first + count; ++i) hash = folded_product(hash ^ words[i] ^ kFirst, kSecond);
    keys.add(key_of(hash));
  };
  for (std::size_t i = 0; i + size <= words.size(); ++i) add(i, size);
  if (!words.empty() && words.size() < size) add(0, words.size());
  if (words.empty() && !text.empty()) keys.add(key_of(hash_of(0, text)));  // punctuation alone
  return keys.take();
}

void check(const ShingleOptions& options) {
  require(options.size >= 1 && options.size <= kMaxSize, "shingles: a size from 1 to 64 is wanted");
}

}  // namespace

std::string_view name_of(ShingleUnit unit) noexcept { return unit == ShingleUnit::words ? "words" : "characters"; }

std::vector<std::uint32_t> shingles(std::string_view text, const ShingleOptions& options) {
  check(options);
  const std::string folded = fold_text(text);
  return options.unit == ShingleUnit::words ? of_words(folded, options.size) : of_characters(folded, options.size);
}

ShingleSets shingle_sets(std::span<const std::string_view> texts, const ShingleOptions& options, Context& context) {
  check(options);
  ShingleSets sets;
  sets.begins.reserve(texts.size() + 1);
  std::vector<std::vector<std::uint32_t>> block;
  context.progress.begin("shingles", texts.size(), "texts");
  for (std::size_t first = 0; first < texts.size(); first += kTextsOfBlock) {
    const std::size_t count = std::min(kTextsOfBlock, texts.size() - first);
    block.assign(count, {});
    context.parallel_for(count, kTextsAtOnce, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) block[i] = shingles(texts[first + i], options);
      context.progress.advance(end - begin);
    });
    for (const std::vector<std::uint32_t>& keys : block) {
      sets.keys.insert(sets.keys.end(), keys.begin(), keys.end());
      sets.begins.push_back(sets.keys.size());
    }
  }
  context.progress.end();
  return sets;
}

}  // namespace akin
