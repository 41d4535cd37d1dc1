#include "chunk_set.h"

#include <algorithm>

namespace akin {

std::span<const std::uint64_t> ChunkSet::ids() const noexcept { return impl_ == nullptr ? std::span<const std::uint64_t>() : impl_->ids; }

namespace store {

std::size_t ChunkSetCache::Entry::n_bytes() const noexcept {
  // The rows come later; there are at most as many as ids.
  return filter.size() + 2 * set->ids.size() * sizeof(std::uint64_t);
}

std::shared_ptr<const ChunkSet::Impl> ChunkSetCache::find(const std::string& filter) {
  const std::lock_guard lock(mutex_);
  const auto at = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.filter == filter; });
  if (at == entries_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, at);
  return at->set;
}

void ChunkSetCache::keep(const std::string& filter, std::shared_ptr<const ChunkSet::Impl> set) {
  const std::lock_guard lock(mutex_);
  Entry entry{filter, std::move(set)};
  if (entry.n_bytes() > kMaxBytes) return;
  const auto known = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& other) { return other.filter == filter; });
  if (known != entries_.end()) return;
  n_bytes_ += entry.n_bytes();
  entries_.push_front(std::move(entry));
  while (entries_.size() > kMaxSets || n_bytes_ > kMaxBytes) {
    n_bytes_ -= entries_.back().n_bytes();
    entries_.pop_back();
  }
}

}  // namespace store
}  // namespace akin
