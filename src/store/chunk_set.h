// What a ChunkSet holds: ids, and the rows of one commit's vectors that they stand for, found at the first search. Tested by
// chunk_set_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "akin/store/store.h"

namespace akin {
namespace store {

/// Rows of a commit's vectors as an index takes them: rising, or a bit each, whichever is smaller.
struct KeptRows {
  std::weak_ptr<const void> of;  ///< whose rows they are
  std::size_t count = 0;
  bool as_bits = false;
  std::vector<std::uint64_t> words;
};

}  // namespace store

struct ChunkSet::Impl {
  explicit Impl(std::vector<std::uint64_t> its_ids) : ids(std::move(its_ids)) {}
  const std::vector<std::uint64_t> ids;
  mutable std::mutex mutex;
  mutable std::shared_ptr<const store::KeptRows> rows;
};

namespace store {

/// The chunk sets that were last asked for in one commit, by the text of their filters: whoever asks the same filter of many queries waits
/// for SQL once. Bounded in number and bytes; any thread.
class ChunkSetCache {
 public:
  static constexpr std::size_t kMaxSets = 32;
  static constexpr std::size_t kMaxBytes = std::size_t{32} << 20;

  /// Null if it is not there.
  std::shared_ptr<const ChunkSet::Impl> find(const std::string& filter);
  void keep(const std::string& filter, std::shared_ptr<const ChunkSet::Impl> set);

 private:
  struct Entry {
    std::string filter;
    std::shared_ptr<const ChunkSet::Impl> set;
    [[nodiscard]] std::size_t n_bytes() const noexcept;
  };
  std::mutex mutex_;
  std::list<Entry> entries_;  // the last used first
  std::size_t n_bytes_ = 0;
};

}  // namespace store
}  // namespace akin
