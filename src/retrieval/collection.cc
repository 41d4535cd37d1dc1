#include "akin/retrieval/collection.h"

#include <algorithm>
#include <array>
#include <set>
#include <system_error>
#include <utility>

#include "akin/base/error.h"
#include "akin/retrieval/fusion.h"
#include "akin/store/store.h"
#include "index_run.h"
#include "snippet.h"
#include "walk.h"

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

std::vector<std::uint64_t> ids_of(const std::vector<ScoredChunk>& chunks) {
  std::vector<std::uint64_t> ids;
  ids.reserve(chunks.size());
  for (const ScoredChunk& chunk : chunks) ids.push_back(chunk.chunk_id);
  return ids;
}

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

/// The chunk without the headings that it begins with: they are shown by themselves.
std::string_view below_headings(const ChunkRecord& record) {
  std::string_view text = record.chunk.text;
  for (const std::string& heading : record.chunk.headings)
    if (text.starts_with(heading) && text.substr(heading.size()).starts_with('\n')) text.remove_prefix(heading.size() + 1);
  return text;
}

/// A record's uri is its file's with "#…" behind it.
bool belongs_to(std::string_view uri, std::string_view wanted) {
  return lies_under(uri, wanted) || (uri.starts_with(wanted) && uri.substr(wanted.size()).starts_with('#'));
}

Hit hit_of(ChunkRecord& record, double score, std::string_view query) {
  Hit hit;
  hit.score = score;
  hit.snippet = snippet_of(below_headings(record), query);
  hit.uri = std::move(record.uri);
  hit.title = std::move(record.title);
  hit.text = std::move(record.chunk.text);
  hit.headings = std::move(record.chunk.headings);
  hit.page = record.chunk.page;
  hit.line = record.chunk.line;
  hit.chunk_id = record.chunk_id;
  hit.metadata = std::move(record.metadata);
  return hit;
}

// The documents are committed: what goes wrong with the graph is told, not thrown.
void refresh_graph(Store& store, Context& context) {
  try {
    store.refresh_graph(context);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled) throw;
    context.warn(std::string("the graph was not brought up to date, searches stay exact: ") + error.what());
  }
}

}  // namespace

SearchMode search_mode_from(std::string_view name) {
  const auto* at = std::find_if(kModes.begin(), kModes.end(), [&](const ModeName& mode) { return mode.name == name; });
  if (at != kModes.end()) return at->mode;
  throw Error(ErrorCode::invalid_argument, "search mode '" + std::string(name) + "' is not one of dense, text, hybrid");
}

struct Collection::Impl {
  Store store;

  void check_model(const Embedder& embedder) const;
  [[nodiscard]] std::vector<ScoredChunk> rank(const Snapshot& snapshot, std::string_view query, const Embedder* embedder,
                                              const SearchOptions& options, Context& context) const;
  [[nodiscard]] std::vector<Hit> hits(const Snapshot& snapshot, const std::vector<ScoredChunk>& ranking, std::string_view query,
                                      const Context& context) const;
};

void Collection::Impl::check_model(const Embedder& embedder) const {
  const StoreSpace& space = store.space();
  if (embedder.fingerprint() == space.fingerprint) return;
  const ModelInfo& info = embedder.info();
  throw Error(ErrorCode::mismatch, store.folder().string() + ": was made with model '" + space.model + "' (" + std::to_string(space.dim) +
                                       " dimensions, fingerprint " + space.fingerprint.substr(0, 12) + "), this is '" + info.name +
                                       "' in " + std::string(name_of(info.precision)) + " (" + std::to_string(info.dim) +
                                       " dimensions, fingerprint " + embedder.fingerprint().substr(0, 12) +
                                       "); use the model, precision and pooling it was made with, or another collection");
}

std::vector<ScoredChunk> Collection::Impl::rank(const Snapshot& snapshot, std::string_view query, const Embedder* embedder,
                                                const SearchOptions& options, Context& context) const {
  const ChunkSet among = snapshot.select(options.where);
  if (options.mode == SearchMode::text) return snapshot.search_text(query, options.k, among);
  require(embedder != nullptr, "Collection::search: dense and hybrid search need a model");
  check_model(*embedder);
  const std::vector<float> vector = embedder->embed_one(query, TextRole::query, context);
  if (options.mode == SearchMode::dense) return snapshot.search_dense(vector, {options.k, options.effort}, among, context);
  const std::size_t depth = std::max(options.k, kFusionDepth);
  const std::vector<std::uint64_t> rankings[] = {ids_of(snapshot.search_dense(vector, {depth, options.effort}, among, context)),
                                                 ids_of(snapshot.search_text(query, depth, among))};
  std::vector<ScoredChunk> fused;
  for (const FusedEntry& entry : fuse_rankings(rankings, options.k)) fused.push_back({entry.id, entry.score});
  return fused;
}

Collection::Collection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Collection::Collection(Collection&&) noexcept = default;
Collection& Collection::operator=(Collection&&) noexcept = default;
Collection::~Collection() = default;

Collection Collection::create(const fs::path& folder, const std::string& model, const Embedder& embedder) {
  const ModelInfo& info = embedder.info();
  const StoreSpace space{model + suffix_of({info.precision, info.word_pooling}), embedder.fingerprint(), info.dim, info.similarity};
  return Collection(std::make_unique<Impl>(Store::create(folder, space)));
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

CollectionInfo Collection::info() const {
  const StoreSpace& space = impl_->store.space();
  const StoreCounts counts = impl_->store.snapshot().counts();
  auto [model, use] = split_space_name(space.model);
  return {.path = impl_->store.folder(),
          .model = std::move(model),
          .fingerprint = space.fingerprint,
          .precision = use.precision,
          .word_pooling = use.word_pooling,
          .dim = space.dim,
          .n_documents = counts.n_documents,
          .n_chunks = counts.n_chunks,
          .n_bytes = counts.n_bytes,
          .metric = space.metric,
          .graph = impl_->store.graph()};
}

std::vector<DocumentEntry> Collection::documents() const {
  std::vector<DocumentEntry> entries;
  for (DocumentRecord& document : impl_->store.snapshot().documents())
    entries.push_back({std::move(document.uri), std::move(document.title), std::move(document.format), std::move(document.content_hash),
                       document.n_chunks});
  return entries;
}

std::string Collection::content_digest() const { return impl_->store.snapshot().content_digest(); }

IndexReport Collection::index(std::span<const fs::path> paths, const Embedder& embedder, const IndexOptions& options, Context& context) {
  impl_->check_model(embedder);
  for (const fs::path& path : paths) {
    std::error_code ignored;
    if (!fs::exists(fs::symlink_status(path, ignored)) && impl_->store.snapshot().sources_under(absolute_path(path)).empty())
      throw Error(ErrorCode::not_found, "'" + path.string() + "': no such file or folder");
  }
  IndexReport report = run_index(impl_->store, embedder, paths, options, context);
  refresh_graph(impl_->store, context);
  return report;
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

std::vector<Hit> Collection::Impl::hits(const Snapshot& snapshot, const std::vector<ScoredChunk>& ranking, std::string_view query,
                                        const Context& context) const {
  std::vector<Hit> hits;
  for (const ScoredChunk& found : ranking) {
    try {
      if (std::optional<ChunkRecord> record = snapshot.chunk(found.chunk_id)) hits.push_back(hit_of(*record, found.score, query));
    } catch (const Error& error) {
      if (error.code() != ErrorCode::corrupt) throw;
      context.warn(std::string("a hit cannot be shown: ") + error.what());
    }
  }
  return hits;
}

std::vector<Hit> Collection::search(const Image& query, const Embedder& embedder, const SearchOptions& options, Context& context) const {
  require(options.k > 0, "Collection::search: k must be positive");
  impl_->check_model(embedder);
  const FittedImage image = embedder.fit_image(query);
  const Matrix<float> vector = embedder.embed_images(std::span(&image, 1), context);
  const Snapshot snapshot = impl_->store.snapshot();
  const std::vector<float> numbers(vector.row(0).begin(), vector.row(0).end());
  const std::vector<ScoredChunk> found =
      snapshot.search_dense(numbers, {options.k, options.effort}, snapshot.select(options.where), context);
  return impl_->hits(snapshot, found, "", context);
}

std::vector<Hit> Collection::search(std::string_view query, const Embedder* embedder, const SearchOptions& options,
                                    Context& context) const {
  require(options.k > 0, "Collection::search: k must be positive");
  const Snapshot snapshot = impl_->store.snapshot();
  return impl_->hits(snapshot, impl_->rank(snapshot, query, embedder, options, context), query, context);
}

}  // namespace akin
