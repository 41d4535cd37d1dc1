// A durable collection: documents, their chunks, metadata, full text and vectors in one folder with one commit point. Knows nothing of
// models: it takes vectors and keeps the name and fingerprint of the space they live in. One writer, many readers, across processes.
// Every commit is all or nothing, whatever ends the process; what it returned from survives a loss of power. How:
// docs/formats/collection.md. Tested by store_test.cc, snapshot_test.cc, select_test.cc, next_space_test.cc, crash_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/store/filter.h"

namespace akin {

/// The vector space of a collection. Another takes its place in one commit: Store::switch_space().
struct StoreSpace {
  std::string model;        ///< the name to resolve the model by
  std::string fingerprint;  ///< of the space; vectors of another one are never mixed in
  std::size_t dim = 0;
  std::string metric = "cosine";  ///< "cosine", "dot", "euclidean"
  std::string stamp = {};         ///< what the caller knows the fingerprint by without working it out; may be empty
};

struct StoreOptions {
  std::size_t max_segment_bytes = std::size_t{256} << 20;  ///< a vector file is closed and another begun at about this size
  double max_dead_share = 0.2;      ///< of all vectors; a commit that leaves more dead ones compacts before apply() returns. 1 = never
  std::size_t max_graph_bytes = 0;  ///< of memory, while the graph is made; 0: half of the machine's. A larger collection goes without
};

struct StoredChunk {
  std::string text;
  std::vector<std::string> headings;
  std::uint32_t page = 0, line = 0, n_tokens = 0;
};

struct StoredDocument {
  std::string uri;  ///< unique in the collection
  std::string title, format, content_hash;
  std::string source;  ///< path of the file it came from; may be empty
  std::vector<std::pair<std::string, std::string>> metadata;
  std::vector<StoredChunk> chunks;
};

/// A file as it was when its documents were last brought up to date.
struct SourceState {
  std::string path;
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::string content_hash;  ///< empty: its documents are not complete
  std::string settings;      ///< what else decided its chunks
  std::string refusal;       ///< why it could not be read; empty if it could
};

/// A document that is called otherwise from now on; its chunks and vectors stay.
struct DocumentMove {
  std::string from, to;             ///< uris
  std::string title, content_hash;  ///< the new ones
};

/// A file that lies elsewhere now. Its documents that are not named go with it under the uris that they have.
struct SourceMove {
  std::string from, to;  ///< paths; nothing is known of `to` yet
  std::vector<DocumentMove> documents;
};

/// Everything that one commit does, in this order.
struct StoreChange {
  std::vector<std::string> remove_sources;  ///< paths; their documents go with them
  std::vector<std::string> remove;          ///< uris; unknown ones are passed over
  std::vector<SourceMove> move;             ///< unknown ones are passed over
  std::vector<StoredDocument> put;          ///< added, or in place of the document of that uri
  MatrixView<const float> vectors;          ///< one row a chunk, in the order of `put`
  std::vector<SourceState> sources;

  [[nodiscard]] bool empty() const noexcept {
    return remove_sources.empty() && remove.empty() && move.empty() && put.empty() && sources.empty();
  }
};

/// The chunks that a filter keeps, as one commit has them. Cheap to copy; any thread.
class ChunkSet {
 public:
  ChunkSet() = default;  ///< every chunk
  [[nodiscard]] bool keeps_all() const noexcept { return impl_ == nullptr; }
  /// Ascending; none are named if it keeps all.
  [[nodiscard]] std::span<const std::uint64_t> ids() const noexcept;

  struct Impl;

 private:
  friend class Snapshot;
  explicit ChunkSet(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

/// Which way a search by meaning goes.
enum class DenseWay { nothing, all_rows, listed_rows, marked_rows, graph };
/// As a person reads it.
std::string_view name_of(DenseWay way) noexcept;

struct DensePlan {
  DenseWay way = DenseWay::nothing;
  std::size_t n_rows = 0;  ///< vectors that can be searched
  std::size_t n_kept = 0;  ///< of these, in the set
};

/// How thoroughly a search by meaning looks where there is a graph.
struct DenseEffort {
  float recall = 0;    ///< the share of the true neighbours to find, 0–1, as measured on the collection's own vectors; 0: 0.99
  std::size_t ef = 0;  ///< candidates that the walk keeps instead; 0: what `recall` takes
  bool exact = false;  ///< looks at every vector
};

/// What a search by meaning wants. A number alone is `k`.
struct DenseOptions {
  DenseOptions(std::size_t hits = 10, const DenseEffort& its_effort = {})  // NOLINT(google-explicit-constructor)
      : k(hits), effort(its_effort) {}
  std::size_t k;
  DenseEffort effort;
};

/// The graph over a collection's vectors.
struct GraphInfo {
  std::size_t n_vectors = 0;  ///< when it was made; what came and went since is known when it is searched
  int code_bits = 0;
  std::vector<std::pair<std::size_t, float>> recall;  ///< by rising ef, of the ten nearest of its own vectors
};

struct ScoredChunk {
  std::uint64_t chunk_id = 0;
  double score = 0;  ///< larger is nearer
};

/// A chunk with what is known of its document.
struct ChunkRecord {
  std::uint64_t chunk_id = 0;
  StoredChunk chunk;
  std::string uri, title, format;
  std::string source;  ///< path of the file it came from; may be empty
  std::vector<std::pair<std::string, std::string>> metadata;
};

struct DocumentRecord {
  std::string uri, title, format, content_hash, source;
  std::size_t n_chunks = 0;
};

struct StoreCounts {
  std::size_t n_documents = 0, n_chunks = 0;
  std::size_t n_vectors = 0;                                                                   ///< live ones
  std::size_t n_dead_vectors = 0;                                                              ///< their space is not yet given back
  std::size_t n_segments = 0;                                                                  ///< files of vectors that this commit uses
  std::uint64_t n_bytes = 0;                                                                   ///< of all files
  std::uint64_t n_database_bytes = 0, n_log_bytes = 0, n_vector_bytes = 0, n_other_bytes = 0;  ///< parts of n_bytes
  std::uint64_t n_free_bytes = 0;                                                              ///< pages of the database that nothing uses
};

/// A space that is being made beside the current one, from the stored texts.
struct NextSpace {
  StoreSpace space;
  std::uint64_t done_chunk = 0;  ///< chunks up to this id have their vectors in it
  std::size_t n_vectors = 0;
};

/// What search_text() looks for: the query's words in small letters, phrases, and groups of characters where a script has no spaces; in
/// order, without repeats. Words that are in every text ("the") only where there are no others.
std::vector<std::string> text_query_terms(std::string_view query);

/// The collection as one commit left it, for one thread; later commits do not show. Must not outlive its store.
class Snapshot {
 public:
  Snapshot(Snapshot&&) noexcept;
  Snapshot& operator=(Snapshot&&) noexcept;
  ~Snapshot();

  /// The space that this commit's vectors live in. Good as long as the snapshot.
  [[nodiscard]] const StoreSpace& space() const noexcept;
  /// What Store::begin_space() began and nothing has ended.
  [[nodiscard]] std::optional<NextSpace> next_space() const;
  [[nodiscard]] StoreCounts counts() const;
  /// Live vectors, as counts() has them, without counting anything else.
  [[nodiscard]] std::size_t n_vectors() const noexcept;
  /// The chunks that pass, by the tables' indexes; the last ones asked for are remembered for the commit. Throws what check_filter()
  /// throws.
  [[nodiscard]] ChunkSet select(const Filter& where) const;
  /// The k nearest chunks of `among`, fewer only if fewer exist. Nearest first, ties by id. Through the graph where there is one and it is
  /// faster, else exact. Score: the similarity (cosine, dot) or the negative distance (euclidean), exact for each hit. Throws
  /// Error{mismatch} if query.size() is not the space's dim.
  [[nodiscard]] std::vector<ScoredChunk> search_dense(std::span<const float> query, const DenseOptions& options, const ChunkSet& among,
                                                      Context& context) const;
  /// How search_dense() goes about it.
  [[nodiscard]] DensePlan plan_dense(const ChunkSet& among, Context& context, const DenseOptions& options = {}) const;
  /// BM25 over title, headings and text; words are stemmed, any of them may match, "quoted words" match as a phrase.
  [[nodiscard]] std::vector<ScoredChunk> search_text(std::string_view query, std::size_t k, const ChunkSet& among) const;
  /// Names of the metadata fields that documents have, sorted.
  [[nodiscard]] std::vector<std::string> metadata_fields() const;
  /// Nothing if there is no such chunk. Throws Error{corrupt} if its page is damaged.
  [[nodiscard]] std::optional<ChunkRecord> chunk(std::uint64_t chunk_id) const;
  /// The document that a chunk is of, by a number that is good in this commit.
  [[nodiscard]] std::optional<std::uint64_t> document_of(std::uint64_t chunk_id) const;
  /// Of a document, in its order; empty if there is no such document.
  [[nodiscard]] std::vector<std::uint64_t> chunk_ids_of(std::string_view uri) const;
  /// The first `n` chunks whose ids are greater than `chunk_id`, by id, each with its document.
  [[nodiscard]] std::vector<ChunkRecord> chunks_after(std::uint64_t chunk_id, std::size_t n) const;
  /// The vector of a chunk; empty if there is none or it is damaged.
  [[nodiscard]] std::vector<float> vector_of(std::uint64_t chunk_id) const;
  /// By uri.
  [[nodiscard]] std::vector<DocumentRecord> documents() const;
  [[nodiscard]] std::vector<DocumentRecord> documents_of_source(std::string_view path) const;
  [[nodiscard]] std::optional<SourceState> source(std::string_view path) const;
  /// Paths of sources that are `folder` or lie under it, sorted. "" is every source.
  [[nodiscard]] std::vector<std::string> sources_under(std::string_view folder) const;
  /// Reads every vector once (cost: memory speed) and says what is damaged, one line each naming file and place. Empty: all is well.
  [[nodiscard]] std::vector<std::string> damage(Context& context) const;
  /// Sources and uris of the documents whose vectors are damaged or missing: what has to be embedded again.
  [[nodiscard]] std::vector<DocumentRecord> damaged_documents(Context& context) const;
  /// SHA-256 over documents, metadata, chunks and vectors in the order of uris: equal if and only if the content is, however it came there.
  [[nodiscard]] std::string content_digest() const;

 private:
  friend class Store;
  struct Impl;
  explicit Snapshot(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

class Store {
 public:
  /// A new collection in a folder that does not exist, is empty, or holds one whose creation was interrupted. Held for writing.
  /// Throws Error{invalid_argument} if the folder holds anything else, Error{busy}, Error{io}.
  static Store create(const std::filesystem::path& folder, const StoreSpace& space, const StoreOptions& options = {});
  /// Throws Error{not_found} if there is no collection, Error{busy} naming the holder if `for_writing` and another writer has it,
  /// Error{corrupt} naming file and place, Error{unsupported} for a newer version.
  static Store open(const std::filesystem::path& folder, bool for_writing, const StoreOptions& options = {});
  /// Whether `folder` holds a collection's database.
  static bool exists(const std::filesystem::path& folder);
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  [[nodiscard]] const std::filesystem::path& folder() const noexcept;
  /// As it was when the store was opened, or as this store has switched it; a snapshot tells its own.
  [[nodiscard]] const StoreSpace& space() const noexcept;

  /// What the graph's file says of it; nothing if there is none. Reads no vectors.
  [[nodiscard]] std::optional<GraphInfo> graph() const;

  /// A consistent view of the latest commit. Safe to call from several threads.
  [[nodiscard]] Snapshot snapshot() const;

  /// One commit. On return it is durable; on an exception nothing of it is there and the store can be used on. Needs `for_writing`.
  /// Throws Error{io} (full disk, …), Error{mismatch} for vectors of another length, Error{invalid_argument} for vectors that are not
  /// one a chunk or not finite.
  void apply(const StoreChange& change);
  /// Keeps `stamp` for the current space; no commit, and nothing that anybody misses: a disk that is full is passed over in silence. Needs
  /// `for_writing`.
  void keep_stamp(const std::string& stamp);
  /// A second collection in `target`, which must not exist or be an empty folder: all that the latest commit holds, and nothing of later
  /// ones. Needs no leave to write here and runs beside a writer. Written as TARGET.partial, read back (every checksum, the tables) and
  /// then renamed, so that a half-made one is never taken for a backup; one that an interrupted call left is begun anew. Memory: some
  /// megabytes. Throws Error{corrupt} naming what is damaged here, Error{invalid_argument}, Error{busy}, Error{io}, Error{cancelled}.
  void backup(const std::filesystem::path& target, Context& context) const;
  /// Gives back the space of dead vectors where more than `dead_share` of a segment is dead, and of removed text. Readers are not
  /// disturbed. apply() does the former by itself when more than StoreOptions::max_dead_share of all vectors is dead. Works in steps, each
  /// a commit of its own that rewrites at most max_segment_bytes of live rows. Memory: 24 bytes a live row and 8 a dead row of the step,
  /// and 3 MiB.
  void compact(double dead_share = 0.2);
  /// Brings the graph over the vectors up to date with the latest commit: made from 20,000 vectors on, extended and mended when more than a
  /// fiftieth came or a tenth went since. The graph is a cache: one that is damaged or stale is passed over and made anew. Needs
  /// `for_writing`. Searches go on meanwhile, here and in other processes: through the graph that is there and all newer vectors, or
  /// exactly. Memory: hnsw_build_bytes(), about 1 KB a vector of 384 numbers. Returns whether it was written. Throws Error{limit} if that
  /// is more than StoreOptions::max_graph_bytes, Error{io}, Error{cancelled}; the collection is whole then too.
  bool refresh_graph(Context& context);

  /// Another space beside the current one, which goes on answering: begun, filled in the order of chunk ids, and put in its place in one
  /// commit. What was added stays when the process ends; begin_space() with the same fingerprint, dim and metric goes on from there, with
  /// another one begins anew. Returns the chunk after which to go on. Each call is a commit. Need `for_writing`.
  std::uint64_t begin_space(const StoreSpace& space);
  /// Vectors of the next chunks, ids ascending, one row each. Throws as apply(); Error{invalid_argument} for an id that was already done.
  void add_to_next_space(std::span<const std::uint64_t> chunk_ids, MatrixView<const float> vectors);
  /// The next space is the current one from here on; the old one's files are removed. Throws Error{invalid_argument} if a chunk has no
  /// vector in it.
  void switch_space();
  /// Forgets an unfinished next space, if there is one.
  void drop_next_space();

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace akin
