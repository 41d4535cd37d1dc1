#include "akin/retrieval/collection.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <system_error>
#include <utility>

#include "akin/base/background.h"
#include "akin/base/error.h"
#include "akin/store/store.h"
#include "graph_refresh.h"
#include "index_run.h"
#include "reindex.h"
#include "search_run.h"
#include "walk.h"
#include "watch_run.h"

namespace akin {
namespace {

namespace fs = std::filesystem;
using namespace retrieval;

constexpr const char* kFolderName = ".akin";

struct ModeName {
  std::string_view name;
  SearchMode mode;
};
constexpr std::array<ModeName, 3> kModes = {{{"dense", SearchMode::dense}, {"text", SearchMode::text}, {"hybrid", SearchMode::hybrid}}};

/// How a model was used, beside its name.
struct ModelUse {
  Precision precision = Precision::f32;
  WordPooling word_pooling = WordPooling::mean;
};
/// Word vectors are read in f32 alone, so that no space has two of them.
constexpr std::array<ModelUse, 4> kUses = {{{.precision = Precision::bf16},
                                            {.precision = Precision::int8},
                                            {.word_pooling = WordPooling::sif},
                                            {.word_pooling = WordPooling::sif_common}}};

std::string suffix_of(const ModelUse& use) {
  std::string suffix;
  if (use.precision != Precision::f32) suffix += "@" + std::string(name_of(use.precision));
  if (use.word_pooling != WordPooling::mean) suffix += "@" + std::string(name_of(use.word_pooling));
  return suffix;
}

/// From the name of a collection's space, which is "MODEL", "MODEL@int8" or "MODEL@sif": a person is asked for neither again.
std::pair<std::string, ModelUse> split_space_name(const std::string& name) {
  for (const ModelUse& use : kUses) {
    const std::string suffix = suffix_of(use);
    if (name.ends_with(suffix)) return {name.substr(0, name.size() - suffix.size()), use};
  }
  return {name, {}};
}

/// A record's uri is its file's with "#…" behind it.
bool belongs_to(std::string_view uri, std::string_view wanted) {
  return lies_under(uri, wanted) || (uri.starts_with(wanted) && uri.substr(wanted.size()).starts_with('#'));
}

void tell_embedding(const SearchOptions& options, std::chrono::steady_clock::time_point start) {
  if (options.plan != nullptr)
    options.plan->embed_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The space that `embedder` makes vectors in; `model` is the name to resolve it by.
StoreSpace space_of(const std::string& model, const Embedder& embedder) {
  const ModelInfo& info = embedder.info();
  const std::string& fingerprint = embedder.fingerprint();
  return {model + suffix_of({info.precision, info.word_pooling}), fingerprint, info.dim, info.similarity,
          embedder.fingerprint_stamp(fingerprint)};
}

/// What a space says of its collection.
CollectionInfo info_of(const fs::path& folder, const StoreSpace& space) {
  CollectionInfo info;
  info.path = folder;
  info.fingerprint = space.fingerprint;
  auto [model, use] = split_space_name(space.model);
  info.model = std::move(model);
  info.precision = use.precision;
  info.word_pooling = use.word_pooling;
  info.dim = space.dim;
  info.metric = space.metric;
  return info;
}

SearchOptions by_meaning(SearchOptions options) {
  options.mode = SearchMode::dense;
  return options;
}

}  // namespace

SearchMode search_mode_from(std::string_view name) {
  const auto* at = std::find_if(kModes.begin(), kModes.end(), [&](const ModeName& mode) { return mode.name == name; });
  if (at != kModes.end()) return at->mode;
  throw Error(ErrorCode::invalid_argument, "search mode '" + std::string(name) + "' is not one of dense, text, hybrid");
}

struct Collection::Impl {
  explicit Impl(Store its_store) : store(std::move(its_store)) {}

  Store store;

  /// `space`: of the commit that is looked at, which a writer elsewhere may have switched to another model.
  void check_model(const StoreSpace& space, const Embedder& embedder) const;
  /// Has the collection remember the model's files as they are, after check_model().
  void keep_stamp(const Embedder& embedder);
  /// Before they are indexed.
  void check_paths(std::span<const fs::path> paths, const Embedder& embedder) const;
};

void Collection::Impl::check_model(const StoreSpace& space, const Embedder& embedder) const {
  // A fingerprint is a hash over all weights: it is worked out where the files may have changed since the collection saw them.
  if (!space.stamp.empty() && embedder.fingerprint_stamp(space.fingerprint) == space.stamp) return;
  if (embedder.fingerprint() == space.fingerprint) return;
  const ModelInfo& info = embedder.info();
  throw Error(ErrorCode::mismatch, store.folder().string() + ": was made with model '" + space.model + "' (" + std::to_string(space.dim) +
                                       " dimensions, fingerprint " + space.fingerprint.substr(0, 12) + "), this is '" + info.name +
                                       "' in " + std::string(name_of(info.precision)) + " (" + std::to_string(info.dim) +
                                       " dimensions, fingerprint " + embedder.fingerprint().substr(0, 12) +
                                       "); use the model, precision and pooling it was made with, or another collection");
}

void Collection::Impl::keep_stamp(const Embedder& embedder) {
  const std::string stamp = embedder.fingerprint_stamp(store.space().fingerprint);
  if (!stamp.empty() && stamp != store.space().stamp) store.keep_stamp(stamp);
}

Collection::Collection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Collection::Collection(Collection&&) noexcept = default;
Collection& Collection::operator=(Collection&&) noexcept = default;
Collection::~Collection() = default;

Collection Collection::create(const fs::path& folder, const std::string& model, const Embedder& embedder) {
  return Collection(std::make_unique<Impl>(Store::create(folder, space_of(model, embedder))));
}

Collection Collection::open(const fs::path& folder, bool for_writing) {
  return Collection(std::make_unique<Impl>(Store::open(folder, for_writing)));
}

fs::path Collection::find_upward(const fs::path& start) {
  for (fs::path folder = absolute_path(start);; folder = folder.parent_path()) {
    if (Store::exists(folder / kFolderName)) return folder / kFolderName;
    if (folder == folder.parent_path()) return {};
  }
}

CollectionInfo Collection::space() const { return info_of(impl_->store.folder(), impl_->store.space()); }

std::size_t Collection::n_chunks() const { return impl_->store.snapshot().n_vectors(); }

CollectionInfo Collection::info() const {
  const Snapshot snapshot = impl_->store.snapshot();
  CollectionInfo info = info_of(impl_->store.folder(), snapshot.space());
  const StoreCounts counts = snapshot.counts();
  info.graph = impl_->store.graph();
  info.n_documents = counts.n_documents;
  info.n_chunks = counts.n_chunks;
  info.n_bytes = counts.n_bytes;
  info.n_vectors = counts.n_vectors;
  info.n_dead_vectors = counts.n_dead_vectors;
  info.n_segments = counts.n_segments;
  info.n_database_bytes = counts.n_database_bytes;
  info.n_log_bytes = counts.n_log_bytes;
  info.n_vector_bytes = counts.n_vector_bytes;
  info.n_other_bytes = counts.n_other_bytes;
  info.n_free_bytes = counts.n_free_bytes;
  return info;
}

void Collection::prepare_search(Context& context) const { (void)impl_->store.snapshot().plan_dense({}, context); }

std::vector<DocumentEntry> Collection::documents() const {
  std::vector<DocumentEntry> entries;
  for (DocumentRecord& document : impl_->store.snapshot().documents())
    entries.push_back({std::move(document.uri), std::move(document.title), std::move(document.format), std::move(document.content_hash),
                       document.n_chunks});
  return entries;
}

std::string Collection::content_digest() const { return impl_->store.snapshot().content_digest(); }

void Collection::Impl::check_paths(std::span<const fs::path> paths, const Embedder& embedder) const {
  check_model(store.space(), embedder);
  for (const fs::path& path : paths) {
    std::error_code ignored;
    if (!fs::exists(fs::symlink_status(path, ignored)) && store.snapshot().sources_under(absolute_path(path)).empty())
      throw Error(ErrorCode::not_found, "'" + path.string() + "': no such file or folder");
  }
}

IndexReport Collection::index(std::span<const fs::path> paths, const Embedder& embedder, const IndexOptions& options, Context& context) {
  impl_->check_paths(paths, embedder);
  impl_->keep_stamp(embedder);
  IndexReport report = run_index(impl_->store, embedder, paths, options, {}, context);
  report.graph_failure = refresh_graph(impl_->store, context);
  return report;
}

void Collection::watch(std::span<const fs::path> paths, const Embedder& embedder, const WatchOptions& options,
                       const std::function<void(const IndexReport&)>& on_run, Context& context) {
  impl_->check_paths(paths, embedder);
  impl_->keep_stamp(embedder);
  const auto after_run = [&](IndexReport report) {
    report.graph_failure = refresh_graph(impl_->store, context);
    on_run(report);
  };
  run_watch(impl_->store, embedder, paths, options, after_run, context);
}

std::size_t Collection::remove(std::string_view uri) {
  StoreChange change;
  const Snapshot snapshot = impl_->store.snapshot();
  for (DocumentRecord& document : snapshot.documents())
    if (belongs_to(document.uri, uri)) change.remove.push_back(std::move(document.uri));
  change.remove_sources = snapshot.sources_under(uri);
  impl_->store.apply(change);
  return change.remove.size();
}

std::size_t Collection::remove_documents(std::span<const std::string> uris) {
  StoreChange change;
  change.remove.assign(uris.begin(), uris.end());
  const std::size_t n_before = impl_->store.snapshot().counts().n_documents;
  impl_->store.apply(change);
  return n_before - impl_->store.snapshot().counts().n_documents;
}

std::size_t Collection::remove_where(const Filter& where) {
  StoreChange change;
  {
    const Snapshot snapshot = impl_->store.snapshot();
    std::set<std::string> uris;
    for (const std::uint64_t id : snapshot.select(where).ids())
      if (std::optional<ChunkRecord> record = snapshot.chunk(id)) uris.insert(std::move(record->uri));
    change.remove.assign(uris.begin(), uris.end());
  }
  impl_->store.apply(change);
  return change.remove.size();
}

ReindexReport Collection::reindex(const std::string& model, const Embedder& embedder, Context& context) {
  ReindexReport report = run_reindex(impl_->store, space_of(model, embedder), embedder, context);
  if (report.switched) report.graph_failure = refresh_graph(impl_->store, context);
  return report;
}

std::vector<Hit> Collection::search(std::span<const float> vector, const SearchOptions& options, Context& context) const {
  return run_search(impl_->store.snapshot(), {.text = {}, .vector = {vector.begin(), vector.end()}, .apart = {}}, by_meaning(options),
                    context);
}

void Collection::backup(const fs::path& target, Context& context) const { impl_->store.backup(target, context); }

std::vector<Hit> Collection::search(const Image& query, const Embedder& embedder, const SearchOptions& options, Context& context) const {
  const Snapshot snapshot = impl_->store.snapshot();
  impl_->check_model(snapshot.space(), embedder);
  const auto start = std::chrono::steady_clock::now();
  const FittedImage image = embedder.fit_image(query);
  const Matrix<float> vector = embedder.embed_images(std::span(&image, 1), context);
  tell_embedding(options, start);
  const auto row = vector.row(0);
  return run_search(snapshot, {.text = {}, .vector = {row.begin(), row.end()}, .apart = {}}, by_meaning(options), context);
}

std::vector<Hit> Collection::search(std::string_view query, const Embedder* embedder, const SearchOptions& options,
                                    Context& context) const {
  const Snapshot snapshot = impl_->store.snapshot();
  SearchQuery search{.text = query, .vector = {}, .apart = {}};
  if (options.mode == SearchMode::text) return run_search(snapshot, search, options, context);
  require(embedder != nullptr, "Collection::search: dense and hybrid search need a model");
  // Where all weights are hashed, it takes as long as a first search, so side by side with it.
  Background check;
  check.run([&] { impl_->check_model(snapshot.space(), *embedder); });
  std::vector<Hit> hits;
  try {
    const auto start = std::chrono::steady_clock::now();
    search.vector = embedder->embed_one(query, TextRole::query, context);
    tell_embedding(options, start);
    hits = run_search(snapshot, search, options, context);
  } catch (const Error&) {
    check.wait();  // another model is the better reason
    throw;
  }
  check.wait();
  return hits;
}

std::vector<Hit> Collection::search_like(std::string_view place, const SearchOptions& options, Context& context) const {
  const Snapshot snapshot = impl_->store.snapshot();
  Likeness likeness = likeness_of(snapshot, place);
  return run_search(snapshot, {.text = {}, .vector = std::move(likeness.vector), .apart = std::move(likeness.own)}, by_meaning(options),
                    context);
}

}  // namespace akin
