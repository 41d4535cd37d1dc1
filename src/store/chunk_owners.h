// Which document each chunk is of: from documents that a filter keeps to their chunks. Read from the tables when it is first needed, and
// kept for the commit: 16 bytes a chunk. Tested by chunk_owners_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "id_set.h"
#include "sqlite.h"

namespace akin::store {

/// Of one commit. Any thread.
class ChunkOwners {
 public:
  /// The chunks of some documents, as the connection's transaction sees them; it must be of the same commit each time. Few documents are
  /// looked up one by one.
  IdSet chunks_of(const IdSet& documents, Connection& connection);

 private:
  struct Table {
    std::vector<std::uint64_t> documents;  // ascending, as often as each has chunks
    std::vector<std::uint64_t> chunks;     // of these
  };
  std::shared_ptr<const Table> table(Connection& connection);

  std::mutex mutex_;
  std::shared_ptr<const Table> table_;
};

}  // namespace akin::store
