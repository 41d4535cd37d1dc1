#include "akin/store/store.h"

#include <chrono>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

#include "akin/base/error.h"
#include "akin/space/metric.h"
#include "backup.h"
#include "log_check.h"
#include "reader_pool.h"
#include "schema.h"
#include "snapshot.h"
#include "writer.h"

namespace akin {
namespace {

namespace fs = std::filesystem;
using namespace store;

/// Whether a folder holds nothing but what an interrupted creation leaves.
void check_is_ours(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name != kLockName && !name.starts_with(kDatabaseName))
      throw Error(ErrorCode::invalid_argument,
                  folder.string() + ": holds '" + name + "' and no collection; a collection is made in a new or empty folder");
  }
}

void check_space(const StoreSpace& space) {
  require(space.dim > 0 && space.dim <= (std::size_t{1} << 20), "Store::create: vectors must have 1 to 1048576 numbers");
  const Metric metric = metric_from(space.metric);
  require(metric != Metric::manhattan, "Store::create: the metric must be cosine, dot or euclidean");
}

fs::path made_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw Error(ErrorCode::io, folder.string() + ": cannot create the folder: " + error.message());
  return fs::canonical(folder);
}

/// Throws Error{invalid_argument} if there is a collection already.
void check_is_empty(const fs::path& folder) {
  try {
    Connection db(folder / kDatabaseName, OpenMode::read);
    read_space(db);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::not_found) return;
    throw;
  }
  throw Error(ErrorCode::invalid_argument, folder.string() + ": there is a collection already");
}

/// Takes away a database that an interrupted creation left.
void remove_leftovers(const fs::path& folder) {
  if (!Store::exists(folder)) return;
  check_is_empty(folder);
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) fs::remove(folder / (std::string(kDatabaseName) + suffix));
}

/// What stands behind a damaged frame of the log would be gone with the first look that SQLite takes at it. Beside a writer the log may be
/// met between two of its writes, so it is looked at again.
void refuse_damaged_log(const fs::path& folder) {
  constexpr int kLooks = 4;
  constexpr std::chrono::milliseconds kBetween(15);
  LogState state;
  for (int look = 0; look < kLooks; ++look) {
    if (look > 0) std::this_thread::sleep_for(kBetween);
    state = check_log(folder / (std::string(kDatabaseName) + "-wal"));
    if (state.damage.empty()) return;
  }
  throw Error(ErrorCode::corrupt, state.damage + "; 'akin doctor --mend' goes back to the commit before it, a backup may have more");
}

}  // namespace

struct Store::Impl {
  fs::path folder;
  StoreSpace space;
  std::unique_ptr<Writer> writer;
  std::shared_ptr<ReaderPool> readers;

  Impl(fs::path its_folder, StoreSpace its_space)
      : folder(std::move(its_folder)), space(std::move(its_space)), readers(std::make_shared<ReaderPool>(folder)) {}
  Writer& writing() {
    require(writer != nullptr, "the collection was opened for reading only");
    return *writer;
  }
};

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Store Store::create(const fs::path& folder, const StoreSpace& space, const StoreOptions& options) {
  check_space(space);
  const fs::path made = made_folder(folder);
  if (!exists(made)) check_is_ours(made);
  WriterLock lock(made / kLockName);
  remove_leftovers(made);
  {
    Connection db(made / kDatabaseName, OpenMode::create);
    create_schema(db, space);
  }
  auto impl = std::make_unique<Impl>(made, space);
  impl->writer = std::make_unique<Writer>(made, std::move(lock), options);
  return Store(std::move(impl));
}

Store Store::open(const fs::path& folder, bool for_writing, const StoreOptions& options) {
  if (!exists(folder)) throw Error(ErrorCode::not_found, folder.string() + ": there is no collection");
  const fs::path real = fs::canonical(folder);
  if (!for_writing) {
    refuse_damaged_log(real);
    Connection db(real / kDatabaseName, OpenMode::read);
    return Store(std::make_unique<Impl>(real, read_space(db)));
  }
  WriterLock lock(real / kLockName);
  refuse_damaged_log(real);
  auto writer = std::make_unique<Writer>(real, std::move(lock), options);
  auto impl = std::make_unique<Impl>(real, writer->space());
  impl->writer = std::move(writer);
  return Store(std::move(impl));
}

bool Store::exists(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_regular_file(folder / kDatabaseName, ignored);
}

const fs::path& Store::folder() const noexcept { return impl_->folder; }
const StoreSpace& Store::space() const noexcept { return impl_->space; }

Snapshot Store::snapshot() const { return Snapshot(std::make_unique<Snapshot::Impl>(impl_->readers)); }

void Store::backup(const fs::path& target, Context& context) const {
  const Snapshot::Impl commit(impl_->readers);
  write_backup({*commit.db, commit.dense->vectors(), commit.dense->space()}, target, context);
}

void Store::apply(const StoreChange& change) { impl_->writing().apply(change); }
std::optional<GraphInfo> Store::graph() const { return describe_graph(impl_->folder); }

bool Store::refresh_graph(Context& context) {
  const std::size_t max_bytes = impl_->writing().options().max_graph_bytes;
  const Snapshot latest = snapshot();
  if (!latest.impl_->dense->refresh_graph(max_bytes, context)) return false;
  impl_->readers->renew();
  return true;
}
void Store::keep_stamp(const std::string& stamp) {
  if (impl_->writing().keep_stamp(stamp)) impl_->space.stamp = stamp;
}
void Store::compact(double dead_share) { impl_->writing().compact(dead_share); }

std::uint64_t Store::begin_space(const StoreSpace& space) {
  check_space(space);
  return impl_->writing().begin_space(space);
}

void Store::add_to_next_space(std::span<const std::uint64_t> chunk_ids, MatrixView<const float> vectors) {
  impl_->writing().add_to_next_space(chunk_ids, vectors);
}

void Store::switch_space() {
  impl_->writing().switch_space();
  impl_->space = impl_->writer->space();
}

void Store::drop_next_space() { impl_->writing().drop_next_space(); }

}  // namespace akin
