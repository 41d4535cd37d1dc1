#include "index_run.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "akin/base/background.h"
#include "akin/base/error.h"
#include "chunk_group.h"
#include "moved_files.h"
#include "prepare.h"
#include "read_ahead.h"

namespace akin::retrieval {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// Tokens of one commit: some seconds of work of a small model on two cores, which is what an interruption can cost, and more than a hundred
// micro-batches, so that threads are idle at its end for less than a hundredth of the time.
constexpr std::size_t kCommitTokens = 32'768;
// Changes without text (touched files, refusals) of one commit.
constexpr std::size_t kCommitChanges = 4096;
// Before the first text was counted: English prose has about four bytes a token.
constexpr double kTokensPerByte = 0.25;

// A model without a limit (static vectors, ALiBi) would get whole documents: pieces as long as a limited model's serve a search better.
constexpr std::size_t kNoLimit = std::size_t{1} << 30;
constexpr std::size_t kChunkWithoutLimit = 256;

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

  IndexReport run(std::span<const fs::path> paths, const IndexScope& scope) {
    const Clock::time_point begin = Clock::now();
    IndexPlan plan = plan_index(store_, paths, options_, settings_text(how_), scope, context_);
    std::deque<IndexJob> jobs = std::move(plan.jobs);
    start(std::move(plan), jobs.size());
    context_.progress.begin(label(), 0, "tokens");
    ReadAhead reading(
        std::move(jobs), [this](const IndexJob& job) { return read(job); }, {}, context_);
    while (std::optional<PreparedFile> file = reading.next()) take(*file);
    forget_missing();
    commit();
    background_.wait();
    context_.progress.end();
    if (report_.n_removed + report_.n_updated > 0) tidy();
    std::sort(report_.refused.begin(), report_.refused.end(), [](const Refusal& a, const Refusal& b) { return a.uri < b.uri; });
    report_.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
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

  void start(IndexPlan plan, std::size_t n_jobs) {
    report_ = std::move(plan.report);
    n_jobs_ = n_jobs;
    bytes_left_ = plan.n_bytes;
    damaged_documents_ = std::move(plan.damaged_documents);
    moved_ = MovedFiles(std::move(plan.missing));
    for (const auto& [path, n_documents] : plan.gone) forget(path, n_documents);
  }

  /// Files that have vanished and turned up nowhere else.
  void forget_missing() {
    const Snapshot snapshot = store_.snapshot();
    for (const auto& [hash, path] : moved_.left()) {
      forget(path, snapshot.documents_of_source(path).size());
      if (change_.remove_sources.size() >= kCommitChanges) commit();
    }
  }

  void forget(const std::string& path, std::size_t n_documents) {
    report_.n_removed += n_documents;
    change_.remove_sources.push_back(path);
  }

  // ---- One file

  /// On several threads.
  [[nodiscard]] PreparedFile read(const IndexJob& job) const {
    PreparedFile file = prepare_file(job.file, job.known, how_);
    file.is_new = job.is_new;
    return file;
  }

  void take(PreparedFile& file) {
    context_.cancel.check();
    const SourceState& source = file.source;
    std::map<std::string, std::string> stored = stored_of(file);
    for (const PreparedDocument& document : file.documents) n_tokens_waiting_ += document.n_tokens;
    report_.n_invalid += file.n_invalid;
    if (file.state == FileState::refused || file.state == FileState::vanished) forget(source.path, stored.size());
    if (file.state == FileState::unchanged) report_.n_unchanged += stored.size();
    if (file.state == FileState::read && !take_move(file)) take_documents(file, stored);
    if (!source.refusal.empty()) report_.refused.push_back({source.path, source.refusal});
    if (file.state != FileState::unreadable && file.state != FileState::vanished) change_.sources.push_back(source);
    ++n_done_;
    bytes_left_ -= std::min<std::uint64_t>(bytes_left_, source.size);
    show_progress();
    if (group_.n_tokens() >= kCommitTokens || change_.sources.size() + change_.remove_sources.size() >= kCommitChanges) commit();
  }

  /// The file's documents as the collection has them: uri → content hash.
  [[nodiscard]] std::map<std::string, std::string> stored_of(const PreparedFile& file) const {
    std::map<std::string, std::string> stored;
    if (file.is_new) return stored;
    for (DocumentRecord& document : store_.snapshot().documents_of_source(file.source.path))
      stored.emplace(std::move(document.uri), std::move(document.content_hash));
    return stored;
  }

  bool take_move(const PreparedFile& file) {
    if (!file.is_new || !moved_.may_have(file)) return false;
    std::optional<SourceMove> move = moved_.find(file, store_.snapshot());
    if (!move) return false;
    report_.n_moved += move->documents.size();
    for (const PreparedDocument& document : file.documents) n_tokens_waiting_ -= std::min(n_tokens_waiting_, document.n_tokens);
    change_.move.push_back(std::move(*move));
    return true;
  }

  void take_documents(PreparedFile& file, std::map<std::string, std::string>& stored) {
    for (PreparedDocument& document : file.documents) {
      if (group_.n_tokens() >= kCommitTokens) {
        // Until its last document is in, the file is not done, whatever its time stamp may become.
        SourceState unfinished = file.source;
        unfinished.content_hash.clear();
        change_.sources.push_back(std::move(unfinished));
        commit();
      }
      take_document(document, stored);
    }
    for (const auto& [uri, hash] : stored) change_.remove.push_back(uri);
    report_.n_removed += stored.size();
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
    ++report_.formats[document.stored.format];
    group_.add(document);
    change_.put.push_back(std::move(document.stored));
  }

  // ---- Commit

  /// The vectors are made on all threads; then the change is written beside what comes next. One change is being written at a time, so that
  /// two at most are in memory.
  void commit() {
    if (change_.empty()) return;
    auto done = [this](const EmbeddedSlice& slice) { count_work(slice); };
    Matrix<float> vectors = group_.embed(embedder_, kCommitTokens, how_.chunks.max_tokens, done, context_);
    background_.wait();
    written_ = std::exchange(change_, {});
    written_vectors_ = std::move(vectors);
    written_.vectors = written_vectors_.view();
    background_.run([this] { store_.apply(written_); });
    group_.clear();
  }

  void count_work(const EmbeddedSlice& slice) {
    // About what an image costs, in tokens.
    const std::size_t n_tokens = slice.n_tokens + slice.n_images * kTokensOfAnImage;
    report_.n_chunks_embedded += slice.n_chunks;
    report_.n_images_embedded += slice.n_images;
    report_.n_tokens += slice.n_tokens;
    report_.n_tokens_dropped += slice.n_tokens_dropped;
    report_.n_chunks_cut += slice.n_chunks_cut;
    report_.n_documents_cut += slice.n_documents_cut;
    n_tokens_done_ += n_tokens;
    n_tokens_waiting_ -= std::min(n_tokens_waiting_, n_tokens);
    bytes_embedded_ += slice.n_bytes;
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

  std::set<std::string> damaged_documents_;
  MovedFiles moved_{{}};

  // The next commit, and what its chunks' vectors are made of.
  StoreChange change_;
  ChunkGroup group_;
  // The one before, while it is written.
  StoreChange written_;
  Matrix<float> written_vectors_;

  std::size_t n_jobs_ = 0, n_done_ = 0;
  std::uint64_t bytes_left_ = 0;      // of files not yet taken
  std::size_t n_tokens_waiting_ = 0;  // chunked, without a vector yet
  std::size_t bytes_embedded_ = 0, n_tokens_done_ = 0;

  Background background_;  // last: it ends before what it works on
};

}  // namespace

IndexReport run_index(Store& store, const Embedder& embedder, std::span<const fs::path> paths, const IndexOptions& options,
                      const IndexScope& scope, Context& context) {
  return IndexRun(store, embedder, options, context).run(paths, scope);
}

}  // namespace akin::retrieval
