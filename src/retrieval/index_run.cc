#include "index_run.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "akin/base/error.h"
#include "prepare.h"
#include "walk.h"

namespace akin::retrieval {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// Tokens of one commit: some seconds of work of a small model on two cores, which is what an interruption can cost, and more than a hundred
// micro-batches, so that threads are idle at its end for less than a hundredth of the time.
constexpr std::size_t kCommitTokens = 32'768;
// Changes without text (touched files, refusals) of one commit.
constexpr std::size_t kCommitChanges = 4096;
// Files read ahead: until so much text is waiting for its vectors.
constexpr std::size_t kWindowFiles = 256;
constexpr std::size_t kWindowBytes = std::size_t{4} << 20;
// Images of one slice: a second or two of a base model's work.
constexpr std::size_t kImagesAtOnce = 32;
// Before the first text was counted: English prose has about four bytes a token.
constexpr double kTokensPerByte = 0.25;

struct Job {
  FoundFile file;
  std::optional<SourceState> known;
};

// A model without a limit (static vectors, ALiBi) would get whole documents: pieces as long as a limited model's serve a search better.
constexpr std::size_t kNoLimit = std::size_t{1} << 30;
constexpr std::size_t kChunkWithoutLimit = 256;

/// A file read ahead, and its documents as the collection has them: uri → content hash.
struct Waiting {
  PreparedFile file;
  std::map<std::string, std::string> stored;
};

std::size_t bytes_of(const PreparedFile& file) {
  std::size_t n = 0;
  for (const PreparedDocument& document : file.documents)
    for (const std::string& text : document.embedded) n += text.size() + (document.image ? document.image->pixels.rows.size() : 0);
  return n;
}

/// A model that counts its tokens elsewhere gets chunks by an estimate that is likely too high, rather than texts that it would cut.
std::optional<TokenCounter> counter_of(const Embedder& embedder) {
  if (embedder.has_tokenizer()) return embedder.tokenizer();
  return embedder.info().takes_texts ? std::optional(TokenCounter::estimate()) : std::nullopt;
}

class IndexRun {
 public:
  IndexRun(Store& store, const Embedder& embedder, const IndexOptions& options, Context& context)
      : store_(store), embedder_(embedder), options_(options), context_(context) {
    how_ = {counter_of(embedder), {}, embedder.info().takes_images ? &embedder : nullptr, embedder.info().name};
    if (how_.counter) choose_chunks(*how_.counter);
  }

  IndexReport run(std::span<const fs::path> paths) {
    const Clock::time_point start = Clock::now();
    plan(paths);
    context_.progress.begin(label(), 0, "tokens");
    while (!jobs_.empty()) {
      for (Waiting& waiting : next_window()) take(waiting);
    }
    commit();
    context_.progress.end();
    if (report_.n_removed + report_.n_updated > 0) tidy();
    std::sort(report_.refused.begin(), report_.refused.end(), [](const Refusal& a, const Refusal& b) { return a.uri < b.uri; });
    report_.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    return std::move(report_);
  }

 private:
  // ---- What is to be done

  void choose_chunks(const TokenCounter& counter) {
    const std::size_t prompt = counter.count(embedder_.prompt(TextRole::document));
    const std::size_t limit = embedder_.max_tokens() - std::min(embedder_.max_tokens(), prompt);
    if (options_.chunk_tokens > limit)
      throw Error(ErrorCode::invalid_argument, "chunks of " + std::to_string(options_.chunk_tokens) +
                                                   " tokens are asked for, the model reads " + std::to_string(limit) + " at most");
    const std::size_t chosen = limit < kNoLimit ? limit : kChunkWithoutLimit;
    how_.chunks = {options_.chunk_tokens == 0 ? chosen : options_.chunk_tokens, options_.overlap_tokens, options_.with_headings};
    if (how_.chunks.max_tokens <= counter.n_special_tokens() || 2 * how_.chunks.overlap_tokens >= how_.chunks.max_tokens)
      throw Error(ErrorCode::invalid_argument, "chunks of " + std::to_string(how_.chunks.max_tokens) + " tokens with an overlap of " +
                                                   std::to_string(how_.chunks.overlap_tokens) +
                                                   " are asked for; the overlap must be less than half of a chunk");
  }

  void plan(std::span<const fs::path> paths) {
    Walk walk = walk_files(paths, options_.hidden, context_.cancel);
    report_.n_files_seen = walk.files.size();
    report_.refused = std::move(walk.refused);
    const Snapshot snapshot = store_.snapshot();
    find_damage(snapshot);
    if (options_.remove_missing) forget_missing(snapshot, walk, paths);
    const std::string settings = settings_text(how_);
    for (FoundFile& file : walk.files) {
      context_.cancel.check();
      std::optional<SourceState> known = snapshot.source(file.path);
      if (damaged_sources_.contains(file.path)) known.reset();
      const bool same = known && known->size == file.size && known->mtime_ns == file.mtime_ns && file.mtime_ns != -1 &&
                        known->settings == settings && !(known->content_hash.empty() && known->refusal.empty());
      if (same) {
        report_.n_unchanged += snapshot.documents_of_source(file.path).size();
        if (!known->refusal.empty()) report_.refused.push_back({file.path, known->refusal});
      } else {
        bytes_left_ += file.size;
        jobs_.push_back({std::move(file), std::move(known)});
      }
    }
    n_jobs_ = jobs_.size();
  }

  /// Documents with damaged vectors are embedded again.
  void find_damage(const Snapshot& snapshot) {
    for (const DocumentRecord& document : snapshot.damaged_documents(context_)) {
      damaged_sources_.insert(document.source);
      damaged_documents_.insert(document.uri);
    }
  }

  void forget_missing(const Snapshot& snapshot, const Walk& walk, std::span<const fs::path> paths) {
    const auto is_found = [&](const std::string& path) {
      const auto at = std::lower_bound(walk.files.begin(), walk.files.end(), path,
                                       [](const FoundFile& file, const std::string& wanted) { return file.path < wanted; });
      return at != walk.files.end() && at->path == path;
    };
    const auto is_unknown = [&](const std::string& path) {
      return std::any_of(walk.unknown.begin(), walk.unknown.end(), [&](const std::string& folder) { return lies_under(path, folder); });
    };
    std::set<std::string> missing;
    for (const fs::path& root : paths)
      for (std::string& path : snapshot.sources_under(absolute_path(root)))
        if (!is_found(path) && !is_unknown(path)) missing.insert(std::move(path));
    for (const std::string& path : missing) forget(path, snapshot.documents_of_source(path).size());
  }

  void forget(const std::string& path, std::size_t n_documents) {
    report_.n_removed += n_documents;
    change_.remove_sources.push_back(path);
  }

  // ---- Reading ahead

  /// Reads and chunks the next files on all threads, until enough text is there. Files not reached go back to the queue.
  std::vector<Waiting> next_window() {
    const std::size_t n = std::min(kWindowFiles, jobs_.size());
    std::vector<std::optional<PreparedFile>> results(n);
    std::atomic<std::size_t> n_bytes{0};
    context_.parallel_for(n, 1, [&](std::size_t i, std::size_t) {
      if (n_bytes.load() >= kWindowBytes) return;
      results[i] = prepare_file(jobs_[i].file, jobs_[i].known, how_);
      n_bytes += bytes_of(*results[i]);
    });
    const Snapshot snapshot = store_.snapshot();
    std::vector<Waiting> window;
    std::deque<Job> left;
    for (std::size_t i = 0; i < n; ++i) {
      if (results[i]) {
        window.push_back(waiting(std::move(*results[i]), snapshot));
      } else {
        left.push_back(std::move(jobs_[i]));
      }
    }
    jobs_.erase(jobs_.begin(), jobs_.begin() + static_cast<std::ptrdiff_t>(n));
    jobs_.insert(jobs_.begin(), std::make_move_iterator(left.begin()), std::make_move_iterator(left.end()));
    return window;
  }

  Waiting waiting(PreparedFile file, const Snapshot& snapshot) {
    Waiting waiting{std::move(file), {}};
    for (DocumentRecord& document : snapshot.documents_of_source(waiting.file.source.path))
      waiting.stored.emplace(std::move(document.uri), std::move(document.content_hash));
    for (const PreparedDocument& document : waiting.file.documents) n_tokens_waiting_ += document.n_tokens;
    return waiting;
  }

  // ---- One file

  void take(Waiting& waiting) {
    context_.cancel.check();
    const SourceState& source = waiting.file.source;
    report_.n_invalid += waiting.file.n_invalid;
    if (waiting.file.state == FileState::refused || waiting.file.state == FileState::vanished) forget(source.path, waiting.stored.size());
    if (waiting.file.state == FileState::unchanged) report_.n_unchanged += waiting.stored.size();
    if (waiting.file.state == FileState::read) take_documents(waiting);
    if (!source.refusal.empty()) report_.refused.push_back({source.path, source.refusal});
    if (waiting.file.state != FileState::unreadable && waiting.file.state != FileState::vanished) change_.sources.push_back(source);
    ++n_done_;
    bytes_left_ -= std::min<std::uint64_t>(bytes_left_, source.size);
    show_progress();
    if (group_tokens_ >= kCommitTokens || change_.sources.size() + change_.remove_sources.size() >= kCommitChanges) commit();
  }

  void take_documents(Waiting& waiting) {
    for (PreparedDocument& document : waiting.file.documents) {
      if (group_tokens_ >= kCommitTokens) {
        // Until its last document is in, the file is not done, whatever its time stamp may become.
        SourceState unfinished = waiting.file.source;
        unfinished.content_hash.clear();
        change_.sources.push_back(std::move(unfinished));
        commit();
      }
      take_document(document, waiting.stored);
    }
    for (const auto& [uri, hash] : waiting.stored) change_.remove.push_back(uri);
    report_.n_removed += waiting.stored.size();
  }

  void take_document(PreparedDocument& document, std::map<std::string, std::string>& stored) {
    const auto old = stored.find(document.stored.uri);
    const bool is_known = old != stored.end();
    const bool is_same = is_known && old->second == document.stored.content_hash && !damaged_documents_.contains(document.stored.uri);
    if (is_known) stored.erase(old);
    if (is_same) {
      ++report_.n_unchanged;
      n_tokens_waiting_ -= document.n_tokens;
      return;
    }
    ++(is_known ? report_.n_updated : report_.n_added);
    group_tokens_ += document.n_tokens;
    if (document.image) {
      group_.emplace_back(std::move(*document.image));
    } else {
      for (std::string& text : document.embedded) group_.emplace_back(std::move(text));
    }
    change_.put.push_back(std::move(document.stored));
  }

  // ---- Commit

  void commit() {
    if (change_.empty()) return;
    const Matrix<float> vectors = embed_group();
    change_.vectors = vectors.view();
    store_.apply(change_);
    change_ = {};
    group_.clear();
    group_tokens_ = 0;
  }

  /// In slices, so that a document as large as a book shelf shows progress and can be cancelled.
  Matrix<float> embed_group() {
    Matrix<float> vectors = Matrix<float>::uninitialized(group_.size(), embedder_.dim());
    std::vector<std::size_t> texts, images;
    for (std::size_t i = 0; i < group_.size(); ++i) (std::holds_alternative<std::string>(group_[i]) ? texts : images).push_back(i);
    const std::size_t n_texts = std::max<std::size_t>(1, kCommitTokens / std::max<std::size_t>(1, how_.chunks.max_tokens) * 4);
    for (std::size_t begin = 0; begin < texts.size(); begin += n_texts) {
      embed_texts(std::span(texts).subspan(begin, std::min(n_texts, texts.size() - begin)), vectors);
    }
    for (std::size_t begin = 0; begin < images.size(); begin += kImagesAtOnce) {
      embed_images(std::span(images).subspan(begin, std::min(kImagesAtOnce, images.size() - begin)), vectors);
    }
    return vectors;
  }

  void embed_texts(std::span<const std::size_t> members, Matrix<float>& vectors) {
    std::vector<std::string_view> texts;
    std::size_t n_tokens = 0, n_bytes = 0;
    for (const std::size_t i : members) {
      texts.emplace_back(std::get<std::string>(group_[i]));
      n_bytes += texts.back().size();
    }
    const EmbedResult result = embedder_.embed(std::span(texts), TextRole::document, context_);
    for (std::size_t r = 0; r < members.size(); ++r) std::ranges::copy(result.vectors.row(r), vectors.row(members[r]).begin());
    for (const TextReport& report : result.reports) {
      n_tokens += report.n_tokens;
      report_.n_tokens_dropped += report.n_tokens_dropped;
    }
    report_.n_tokens += n_tokens;
    count_work(members.size(), n_tokens, n_bytes);
  }

  void embed_images(std::span<const std::size_t> members, Matrix<float>& vectors) {
    std::vector<FittedImage> images;
    std::size_t n_bytes = 0;
    for (const std::size_t i : members) {
      images.push_back(std::move(std::get<FittedImage>(group_[i])));
      n_bytes += images.back().pixels.rows.size();
    }
    const Matrix<float> result = embedder_.embed_images(images, context_);
    for (std::size_t r = 0; r < members.size(); ++r) std::ranges::copy(result.row(r), vectors.row(members[r]).begin());
    report_.n_images_embedded += members.size();
    count_work(members.size(), members.size() * kTokensOfAnImage, n_bytes);
  }

  void count_work(std::size_t n_chunks, std::size_t n_tokens, std::size_t n_bytes) {
    report_.n_chunks_embedded += n_chunks;
    n_tokens_done_ += n_tokens;
    n_tokens_waiting_ -= std::min(n_tokens_waiting_, n_tokens);
    bytes_embedded_ += n_bytes;
    show_progress();
    context_.progress.advance(n_tokens);
  }

  /// The space of what was replaced or removed. All is committed by now: a failure costs nothing but that space.
  void tidy() {
    try {
      store_.compact();
    } catch (const Error& error) {
      context_.warn(std::string("the space of removed documents was not given back: ") + error.what());
    }
  }

  // ---- Progress

  [[nodiscard]] std::string label() const {
    return "indexing " + std::to_string(n_done_) + "/" + std::to_string(n_jobs_) + " files, " + std::to_string(report_.n_chunks_embedded) +
           " chunks";
  }

  /// The tokens still to come are counted for files that have been read and guessed by size for the others.
  void show_progress() {
    const double per_byte =
        bytes_embedded_ == 0 ? kTokensPerByte : static_cast<double>(n_tokens_done_) / static_cast<double>(bytes_embedded_);
    const double guessed = per_byte * static_cast<double>(bytes_left_);
    context_.progress.set_total(n_tokens_done_ + n_tokens_waiting_ + static_cast<std::uint64_t>(guessed));
    context_.progress.set_label(label());
  }

  Store& store_;
  const Embedder& embedder_;
  const IndexOptions& options_;
  Context& context_;
  Preparation how_;
  IndexReport report_;

  std::deque<Job> jobs_;
  std::set<std::string> damaged_sources_, damaged_documents_;

  // The next commit, and what its chunks' vectors are made of.
  StoreChange change_;
  std::vector<std::variant<std::string, FittedImage>> group_;
  std::size_t group_tokens_ = 0;

  std::size_t n_jobs_ = 0, n_done_ = 0;
  std::uint64_t bytes_left_ = 0;      // of files not yet taken
  std::size_t n_tokens_waiting_ = 0;  // chunked, without a vector yet
  std::size_t bytes_embedded_ = 0, n_tokens_done_ = 0;
};

}  // namespace

IndexReport run_index(Store& store, const Embedder& embedder, std::span<const fs::path> paths, const IndexOptions& options,
                      Context& context) {
  return IndexRun(store, embedder, options, context).run(paths);
}

}  // namespace akin::retrieval
