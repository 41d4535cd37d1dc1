#include "whole_words.h"

#include <bit>
#include <string>

#include "akin/base/utf8.h"
#include "byte_level.h"
#include "merge_order.h"

namespace akin::text {
namespace {

// The bytes that a piece stands for; empty if it is not written in byte characters.
std::string bytes_of(const std::string& piece) {
  std::string out;
  for (std::size_t at = 0; at < piece.size();) {
    const DecodedChar c = decode_utf8(piece, at);
    const int byte = byte_of_character(c.code_point);
    if (byte < 0) return "";
    out += static_cast<char>(byte);
    at += c.length;
  }
  return out;
}

}  // namespace

WholeWords::WholeWords(const Bpe& model) {
  const MergeOrder order(model);
  const std::size_t size = std::bit_ceil(model.size() * 2 + 2);
  words_ = std::make_unique<Word[]>(size);
  tags_.resize(size);
  mask_ = size - 1;
  shift_ = 64 - static_cast<unsigned>(std::countr_zero(size));
  for (std::size_t i = 0; i < model.size(); ++i) {
    const auto id = static_cast<std::int32_t>(i);
    const std::string bytes = bytes_of(model.piece(id));
    if (bytes.empty() || bytes.size() > WordCache::kMaxLength) continue;
    const std::uint64_t low = load8(bytes, 0);
    const std::uint64_t high = load8(bytes, 8);
    const std::uint64_t hash = hash_of_word(low, high);
    std::size_t at = hash >> shift_;
    while (tags_[at] != 0) at = (at + 1) & mask_;
    tags_[at] = tag_of(hash);
    words_[at].low = low;
    words_[at].high = high;
    words_[at].id = id;
    words_[at].length = static_cast<std::uint8_t>(bytes.size());
    if (model.options().ignore_merges) {
      words_[at].state = State::whole;
    } else if (order.holds()) {
      words_[at].state = order.comes_out_whole(id) ? State::whole : State::parts;
    }
  }
}

}  // namespace akin::text
