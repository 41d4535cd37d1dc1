// What reader and writer of fastText's .bin must agree on. Private. Tested by fasttext_test.cc.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>

#include "akin/formats/fasttext.h"

namespace akin {

inline constexpr std::int32_t kFastTextMagic = 793712314;
inline constexpr std::int32_t kFastTextVersion = 12;
inline constexpr std::int32_t kSupervised = 3;

/// The whole numbers among the arguments, in the order of the file.
inline std::array<std::int32_t*, 12> fasttext_fields(FastTextArgs& a) {
  return {&a.dim, &a.ws, &a.epoch, &a.min_count, &a.neg, &a.word_ngrams, &a.loss, &a.model, &a.bucket, &a.minn, &a.maxn, &a.lr_update_rate};
}

inline bool has_fasttext_magic(std::span<const std::byte> bytes) noexcept {
  std::int32_t magic = 0;
  if (bytes.size() < sizeof magic) return false;
  std::memcpy(&magic, bytes.data(), sizeof magic);
  return magic == kFastTextMagic;
}

}  // namespace akin
