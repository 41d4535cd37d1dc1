// What the snapshots of one open collection share: reading connections that wait for the next snapshot, and the latest commit's vectors.
// Safe from several threads. Tested by reader_pool_test.cc.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "akin/store/store.h"
#include "dense_view.h"
#include "sqlite.h"

namespace akin::store {

class ReaderPool {
 public:
  explicit ReaderPool(std::filesystem::path folder);

  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }
  /// A connection that may have been used before; without a transaction.
  std::unique_ptr<Connection> take();
  /// For the next one. No statement of it may be in use.
  void give_back(std::unique_ptr<Connection> connection) noexcept;
  /// The vectors of the commit that the connection's transaction sees.
  std::shared_ptr<const DenseView> view(Connection& connection);
  /// The next view looks for the graph anew.
  void renew();

 private:
  std::filesystem::path folder_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::shared_ptr<const DenseView> latest_;
  bool renew_ = false;
};

}  // namespace akin::store
