#include "reader_pool.h"

#include <utility>

#include "schema.h"

namespace akin::store {
namespace {

/// Each has a page cache of its own; more readers at once than this are rare, and then a connection is opened anew.
constexpr std::size_t kMaxIdle = 16;

}  // namespace

ReaderPool::ReaderPool(std::filesystem::path folder) : folder_(std::move(folder)) { idle_.reserve(kMaxIdle); }

std::unique_ptr<Connection> ReaderPool::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  auto connection = std::make_unique<Connection>(folder_ / kDatabaseName, OpenMode::read);
  configure_reader(*connection);
  return connection;
}

void ReaderPool::give_back(std::unique_ptr<Connection> connection) noexcept {
  const std::lock_guard lock(mutex_);
  if (connection != nullptr && idle_.size() < kMaxIdle) idle_.push_back(std::move(connection));
}

std::shared_ptr<const DenseView> ReaderPool::view(Connection& connection) {
  const std::uint64_t generation = read_generation(connection);
  const std::lock_guard lock(mutex_);
  const bool same = !renew_ && latest_ != nullptr && latest_->vectors().generation() == generation;
  if (same && !latest_->vectors().has_missing_file()) return latest_;
  const StoreSpace space = read_space(connection);  // a writer may have switched to another
  auto vectors = VectorView::load(connection, folder_, space, generation, latest_ == nullptr ? nullptr : &latest_->vectors());
  auto made = std::make_shared<const DenseView>(folder_, std::move(vectors), space);
  renew_ = false;
  // A thread that was held up between its first read and here may come with an older commit than the latest known.
  if (latest_ == nullptr || latest_->vectors().generation() <= generation) latest_ = made;
  return made;
}

void ReaderPool::renew() {
  const std::lock_guard lock(mutex_);
  renew_ = true;
}

}  // namespace akin::store
