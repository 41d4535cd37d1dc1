// A collection: documents in, answers out. A durable store and the model that fills it. Tested by collection_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/folder_watch.h"
#include "akin/embed/embedder.h"
#include "akin/retrieval/fusion.h"
#include "akin/store/filter.h"
#include "akin/store/store.h"

namespace akin {

enum class SearchMode { dense, text, hybrid };
/// Throws Error{invalid_argument} listing the names.
SearchMode search_mode_from(std::string_view name);

struct IndexOptions {
  std::size_t chunk_tokens = 0;  ///< 0 = the model's limit
  std::size_t overlap_tokens = 0;
  bool with_headings = true;
  bool remove_missing = true;  ///< forget documents under the given paths that have vanished
  bool hidden = false;         ///< also read hidden files and folders
  bool ignore = true;          ///< pass over what .akinignore files say, and what nobody wrote (.git, node_modules, editors' backups, …)
};

/// One file that could not be indexed, and why.
struct Refusal {
  std::string uri;
  std::string reason;
};

/// Files that were refused for the same reason.
struct RefusalKind {
  std::string reason;  ///< without the file's name, numbers as "N"
  std::size_t n_files = 0;
  std::string example;  ///< the first file
};
/// The most frequent reason first.
std::vector<RefusalKind> refusals_by_reason(const std::vector<Refusal>& refused);

struct IndexReport {
  std::size_t n_files_seen = 0, n_added = 0, n_updated = 0, n_unchanged = 0, n_moved = 0,
              n_removed = 0;  ///< documents, but for n_files_seen
  std::size_t n_ignored = 0;  ///< files and folders passed over by rules
  std::size_t n_chunks_embedded = 0, n_images_embedded = 0, n_tokens = 0, n_tokens_dropped = 0, n_invalid = 0;
  /// Chunks of which the model told that it dropped tokens, and the documents that they are of. None by length where the model
  /// counts its tokens here; one that counts them elsewhere may find more than estimated; static vectors pass over tokens that they lack.
  std::size_t n_chunks_cut = 0, n_documents_cut = 0;
  std::map<std::string, std::size_t> formats;  ///< format → documents added or updated
  std::vector<Refusal> refused;
  std::string graph_failure;  ///< why the graph over the vectors was not brought up to date; empty: it was, or none was needed
  double seconds = 0;
};

/// How a search went, for people who ask.
struct SearchPlan {
  std::string filter;                    ///< as it was understood; empty: none
  std::size_t n_chunks = 0, n_kept = 0;  ///< of the collection; of these, those that pass
  std::string dense, text;               ///< which way each side went; empty: not asked
  std::size_t n_dense = 0, n_text = 0;   ///< hits of each side, before they are made one
  double embed_seconds = 0, select_seconds = 0, dense_seconds = 0, text_seconds = 0;
  double seconds = 0;  ///< of all but the embedding
};

struct ReindexReport {
  bool switched = false;  ///< false: the collection is in that space already
  std::size_t n_chunks = 0, n_embedded = 0;
  std::size_t n_kept = 0;  ///< that a run before, which was stopped, had embedded
  std::size_t n_images = 0, n_tokens = 0, n_tokens_dropped = 0;
  std::size_t n_chunks_cut = 0;  ///< longer than the model reads: made for another's limit
  std::string graph_failure;     ///< as IndexReport's
  double seconds = 0;
};

struct WatchOptions {
  IndexOptions index = {};
  WatchTimes times = {};
  std::size_t max_folders = SIZE_MAX;  ///< more are not watched but looked at from time to time
};

struct SearchOptions {
  std::size_t k = 10;
  SearchMode mode = SearchMode::hybrid;
  Filter where = {};                         ///< only chunks that pass; parse_filter() reads it from a text
  DenseEffort effort = {};                   ///< where the collection is large enough to have a graph, from 20,000 chunks on
  Fusion fusion = Fusion::rrf;               ///< of hybrid search
  double dense_weight = 0.5;                 ///< of weighted fusion, 0 to 1: what meaning has to say; the rest is for words
  std::optional<double> mmr = std::nullopt;  ///< 0 to 1: hits are chosen to differ too, the more the lower (maximal marginal relevance)
  bool group_by_document = false;            ///< each hit is another document, with its best chunks
  std::size_t chunks_per_document = 3;
  SearchPlan* plan = nullptr;  ///< filled if given
};

/// Bytes [begin, end) of a text.
struct TextRange {
  std::size_t begin = 0, end = 0;
  friend bool operator==(const TextRange&, const TextRange&) = default;
};

/// One hit, with where it is.
struct Hit {
  double score = 0;                       ///< larger is nearer: cosine (dense), BM25 (text), fused score (hybrid)
  std::string uri, title, text, snippet;  ///< snippet: the best window of the text, one line
  std::vector<TextRange> highlights;      ///< the query's words in the snippet
  std::vector<std::string> headings;
  std::string place;                 ///< "page 3", "slide 3", "sheet 2, row 14", "cell 4", "part 2", "line 7"; may be empty
  std::uint32_t page = 0, line = 0;  ///< its numbers, as filters compare them (`page` is slide, sheet, … too); 0: none
  std::uint64_t chunk_id = 0;
  std::vector<std::pair<std::string, std::string>> metadata;
  std::vector<Hit> more;  ///< of a search by documents: the next best chunks of this one
};

struct CollectionInfo {
  std::filesystem::path path;
  std::string model, fingerprint;
  Precision precision = Precision::f32;          ///< that its vectors were made in
  WordPooling word_pooling = WordPooling::mean;  ///< by which they were, if its model is a file of word vectors
  std::size_t dim = 0, n_documents = 0, n_chunks = 0, n_bytes = 0;
  std::string metric;
  std::optional<GraphInfo> graph;                                 ///< over its vectors, if there is one
  std::size_t n_vectors = 0, n_dead_vectors = 0, n_segments = 0;  ///< dead: of removed chunks, their space is not yet given back
  std::size_t n_database_bytes = 0, n_log_bytes = 0, n_vector_bytes = 0, n_other_bytes = 0;  ///< parts of n_bytes
  std::size_t n_free_bytes = 0;                                                              ///< of the database, used by nothing
};

struct DocumentEntry {
  std::string uri, title, format, content_hash;
  std::size_t n_chunks = 0;
};

class Collection {
 public:
  /// Creates an empty collection in a new or empty folder for `embedder`'s vector space; `model` is the name to resolve it by later.
  static Collection create(const std::filesystem::path& folder, const std::string& model, const Embedder& embedder);
  /// Opens for reading; `for_writing` also takes the writer's lock (Error{busy} names who holds it).
  static Collection open(const std::filesystem::path& folder, bool for_writing);
  /// The nearest ".akin" folder at or above `start`; empty if there is none.
  static std::filesystem::path find_upward(const std::filesystem::path& start);
  Collection(Collection&&) noexcept;
  Collection& operator=(Collection&&) noexcept;
  ~Collection();

  [[nodiscard]] CollectionInfo info() const;
  /// Of these path, model, fingerprint, precision, pooling, dim and metric, as they were when it was opened. Costs nothing.
  [[nodiscard]] CollectionInfo space() const;
  /// Those with a vector; costs little.
  [[nodiscard]] std::size_t n_chunks() const;
  /// Opens the graph over the vectors, as the first search would: for a thread beside the one that loads the model.
  void prepare_search(Context& context) const;
  [[nodiscard]] std::vector<DocumentEntry> documents() const;
  /// SHA-256 over documents, metadata, chunks and vectors: equal if and only if the content is, however it came there. Reads everything.
  [[nodiscard]] std::string content_digest() const;

  /// Brings the collection in line with the files and folders: only what changed is embedded. Documents are committed whole, some seconds
  /// of work at a time: a stop at any moment loses nothing that was committed, and the next call goes on from there. Documents are known by
  /// absolute paths. A file that cannot be read is told in the report and never stops the run. Throws Error{mismatch} if `embedder`'s
  /// fingerprint is another, Error{not_found} for a path that neither is there nor was, Error{io} (full disk, …), Error{cancelled}. At the
  /// end the graph over the vectors is brought up to date (Store::refresh_graph()); if that fails, the report
  /// says so.
  IndexReport index(std::span<const std::filesystem::path> paths, const Embedder& embedder, const IndexOptions& options, Context& context);
  /// As index(), then again for what has changed each time that something has, until the context is cancelled; then it returns. `on_run` is
  /// told of the first run and of each that found something to do. Where the system lets no more folders be watched, everything is looked
  /// at from time to time, and the context's log is told so. The collection stays held for writing.
  void watch(std::span<const std::filesystem::path> paths, const Embedder& embedder, const WatchOptions& options,
             const std::function<void(const IndexReport&)>& on_run, Context& context);
  /// Removes documents whose uri is `uri` or lies under it. Returns how many.
  std::size_t remove(std::string_view uri);
  /// Removes exactly these documents, in one commit; unknown ones are passed over. Returns how many. index() of a file that is still there
  /// brings it back.
  std::size_t remove_documents(std::span<const std::string> uris);
  /// Removes documents of which a chunk passes. Returns how many. Throws what Snapshot::select() throws.
  std::size_t remove_where(const Filter& where);
  /// To another model: every chunk is embedded again from the text that the collection keeps (pictures from their files, which must be as
  /// they were), beside the vectors that go on answering, and one commit switches; the old vectors' space is then given back. A stop loses
  /// only the batch under way: the same call goes on. Chunks stay as they are; the next index() makes those of the new model's length.
  /// Throws Error{unsupported} for pictures with a model that takes none, Error{mismatch} for a picture that has changed, Error{cancelled}.
  ReindexReport reindex(const std::string& model, const Embedder& embedder, Context& context);
  /// A consistent copy beside a running writer: Store::backup().
  void backup(const std::filesystem::path& target, Context& context) const;

  /// Text mode needs no embedder (nullptr); the others throw Error{mismatch} on another fingerprint.
  std::vector<Hit> search(std::string_view query, const Embedder* embedder, const SearchOptions& options, Context& context) const;
  /// By a vector of the collection's space. Throws Error{mismatch} if it has another length.
  std::vector<Hit> search(std::span<const float> vector, const SearchOptions& options, Context& context) const;
  /// By meaning alone, whatever `options.mode` is. Throws Error{unsupported} for a model that takes no images.
  std::vector<Hit> search(const Image& query, const Embedder& embedder, const SearchOptions& options, Context& context) const;
  /// More like a document, or like a chunk of it, by meaning alone, without that document; no model is needed. `place`: a uri, or
  /// "uri#3" for its third chunk. Throws Error{not_found} if there is no such document or chunk, Error{corrupt} if its vectors are damaged.
  std::vector<Hit> search_like(std::string_view place, const SearchOptions& options, Context& context) const;

 private:
  struct Impl;
  explicit Collection(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace akin
