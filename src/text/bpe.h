// Byte pair encoding (Sennrich et al., 2016): a word starts as its characters; of all adjacent pairs the one that was learned first is
// merged, again and again. Short words look for it in their few pairs, long ones keep a heap, so that a word of n characters costs
// O(n log n). The rules for unknown characters are those of Hugging Face tokenizers. Tested by bpe_test.cc against the plain definition.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model.h"
#include "piece_table.h"

namespace akin::text {

struct BpeOptions {
  std::string unknown = {};            ///< what a character without a piece becomes; empty: it is left out
  std::string continuing_prefix = {};  ///< stands in front of every piece but the first of a word
  std::string word_suffix = {};        ///< stands behind the last piece of a word, as "</w>"
  bool fuse_unknown = false;           ///< unknown characters side by side are one token
  bool byte_fallback = false;          ///< a character without a piece becomes the pieces <0x00> … <0xFF> of its bytes, if all are there
  bool ignore_merges = false;          ///< a word that is a piece is that token, whether or not merges lead to it
};

/// Two pieces that are joined to one.
struct BpeMerge {
  std::string left;
  std::string right;
};

class Bpe final : public Model {
 public:
  /// A symbol of a word: a token and how many bytes of the word it stands for.
  struct Symbol {
    std::int32_t id = 0;
    std::uint32_t length = 0;
    friend bool operator==(const Symbol&, const Symbol&) = default;
  };

  /// index of `pieces` = id; `merges` first learned first, of two equal ones the later counts. Throws Error{corrupt} naming `where` if a
  /// piece is not UTF-8, or a merge or its result is not in `pieces`.
  Bpe(std::vector<std::string> pieces, const std::vector<BpeMerge>& merges, BpeOptions options, const std::string& where);
  Bpe(const Bpe&) = delete;
  Bpe& operator=(const Bpe&) = delete;

  /// Throws Error{corrupt} if the word has an unknown character and the unknown piece is not in the vocabulary.
  void tokenize(std::string_view word, std::vector<WordToken>& out) const override;
  [[nodiscard]] std::size_t size() const noexcept override { return pieces_.size(); }
  [[nodiscard]] const std::string& piece(std::int32_t id) const noexcept override { return pieces_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] std::int32_t id_of(std::string_view piece) const noexcept override { return table_.find(piece); }
  void describe(Sha256& hash) const override;

  [[nodiscard]] const BpeOptions& options() const noexcept { return options_; }
  /// Merges all that can be merged, in place.
  void merge(std::vector<Symbol>& symbols) const;
  /// The same; ranks[i] is rank_of() symbol i and the next.
  void merge(std::vector<Symbol>& symbols, const std::vector<std::uint32_t>& ranks) const;
  /// The place of a pair among the merges, kNoRank if it is none.
  static constexpr std::uint32_t kNoRank = ~std::uint32_t{0};
  [[nodiscard]] std::uint32_t rank_of(std::int32_t left, std::int32_t right) const noexcept {
    const std::uint32_t rank = rank_of_pair(pair_of(left, right));
    return rank == kMaxRank ? kNoRank : rank;
  }
  /// use(rank, left, right, merged) of every merge, first learned first.
  template <class Use>
  void for_each_merge(Use&& use) const {
    for (const std::uint64_t slot : slots_by_rank()) {
      const auto rank = static_cast<std::uint32_t>(slot & kMaxRank);
      use(rank, left_of(slot), right_of(slot), merged(rank));
    }
  }
  /// May a text be cut in front of every `character` that follows another one, without changing its tokens? So if no merge joins the
  /// two. `character` is one character.
  [[nodiscard]] bool may_cut_before(std::string_view character) const noexcept;

 private:
  // A slot of the table of merges: left id, right id, rank.
  static constexpr unsigned kIdBits = 21;
  static constexpr unsigned kRankBits = 64 - 2 * kIdBits;
  static constexpr std::uint64_t kMaxRank = (std::uint64_t{1} << kRankBits) - 1;
  static constexpr std::uint64_t kFree = ~std::uint64_t{0};
  static constexpr std::int32_t kNoId = (1 << kIdBits) - 1;  // there are fewer pieces

  static std::uint64_t pair_of(std::int32_t left, std::int32_t right) noexcept {
    return (static_cast<std::uint64_t>(left) << kIdBits) | static_cast<std::uint64_t>(right);
  }
  static std::int32_t left_of(std::uint64_t slot) noexcept { return static_cast<std::int32_t>(slot >> (kIdBits + kRankBits)); }
  static std::int32_t right_of(std::uint64_t slot) noexcept {
    return static_cast<std::int32_t>((slot >> kRankBits) & ((std::uint64_t{1} << kIdBits) - 1));
  }
  static std::uint64_t hash_of(std::uint64_t pair) noexcept { return pair * 0x9E3779B97F4A7C15ULL; }
  // Four slots side by side: all are read, without a branch, since whether a pair is there is as good as random. What does not fit goes
  // into those behind.
  static constexpr std::size_t kBucket = 4;
  struct alignas(kBucket * sizeof(std::uint64_t)) Bucket {
    std::uint64_t slots[kBucket];
  };
  /// kMaxRank if there is no such merge.
  [[nodiscard]] std::uint32_t rank_of_pair(std::uint64_t pair) const noexcept {
    for (std::size_t at = hash_of(pair) >> shift_;; at = (at + 1) & mask_) {
      const Bucket& bucket = buckets_[at];
      std::uint64_t found = kFree;
      for (const std::uint64_t slot : bucket.slots) found = (slot >> kRankBits) == pair ? slot : found;
      if (found != kFree || bucket.slots[kBucket - 1] == kFree) return static_cast<std::uint32_t>(found & kMaxRank);
    }
  }
  /// The slot of a pair, or the free one where it would be.
  [[nodiscard]] std::uint64_t& slot_of(std::uint64_t pair) noexcept {
    for (std::size_t at = hash_of(pair) >> shift_;; at = (at + 1) & mask_) {
      for (std::uint64_t& slot : buckets_[at].slots) {
        if (slot == kFree || (slot >> kRankBits) == pair) return slot;
      }
    }
  }
  void add_merges(const std::vector<BpeMerge>& merges, const std::string& where);
  [[nodiscard]] std::vector<std::uint64_t> slots_by_rank() const;
  void start(std::string_view word, std::vector<Symbol>& symbols) const;
  bool start_bytes(std::string_view piece, std::vector<Symbol>& symbols) const;
  template <unsigned kRoom>
  void merge_few(std::vector<Symbol>& symbols, const std::vector<std::uint32_t>& ranks) const;
  void merge_long(std::vector<Symbol>& symbols, const std::vector<std::uint32_t>& ranks) const;

  std::vector<std::string> pieces_;
  BpeOptions options_;
  std::string where_;
  PieceTable table_;
  std::int32_t unknown_id_ = -1;
  std::array<std::int32_t, 256> byte_ids_{};  // of <0x00> … <0xFF>
  std::vector<Bucket> buckets_;
  std::size_t n_merges_ = 0;
  /// The id of what a merge gives; in most files it is the rank and a constant.
  [[nodiscard]] std::int32_t merged(std::uint32_t rank) const noexcept {
    return merged_.empty() ? first_merged_ + static_cast<std::int32_t>(rank) : merged_[rank];
  }
  std::vector<std::int32_t> merged_;  // by rank
  std::int32_t first_merged_ = 0;
  std::size_t mask_ = 0;
  unsigned shift_ = 0;
};

}  // namespace akin::text
