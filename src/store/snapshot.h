// What a snapshot is made of: a reading connection lent by the pool, held in one transaction, and the vectors of the commit that it sees.
// Tested by snapshot_test.cc.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "akin/store/store.h"
#include "dense_view.h"
#include "reader_pool.h"
#include "sqlite.h"

namespace akin {

struct Snapshot::Impl {
  explicit Impl(std::shared_ptr<store::ReaderPool> its_pool);
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::shared_ptr<store::ReaderPool> pool;
  std::unique_ptr<store::Connection> db;
  std::optional<store::Transaction> reading;
  std::shared_ptr<const store::DenseView> dense;
};

}  // namespace akin
