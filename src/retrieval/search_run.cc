#include "search_run.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "akin/base/edit_distance.h"
#include "akin/base/error.h"
#include "akin/documents/document.h"
#include "mmr.h"
#include "snippet.h"

namespace akin::retrieval {
namespace {

/// Candidates for each hit where they are chosen by their difference too, and the least of them.
constexpr std::size_t kMmrDepth = 4;
constexpr std::size_t kMmrLeast = 50;
/// Chunks looked at for each document where hits are grouped, at first.
constexpr std::size_t kGroupDepth = 4;

using Clock = std::chrono::steady_clock;

/// Adds the seconds of its life to a number.
class Timer {
 public:
  explicit Timer(double& seconds) : seconds_(&seconds), start_(Clock::now()) {}
  ~Timer() { *seconds_ += std::chrono::duration<double>(Clock::now() - start_).count(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

 private:
  double* seconds_;
  Clock::time_point start_;
};

std::vector<FusedEntry> entries_of(const std::vector<ScoredChunk>& chunks) {
  std::vector<FusedEntry> entries;
  entries.reserve(chunks.size());
  for (const ScoredChunk& chunk : chunks) entries.push_back({chunk.chunk_id, chunk.score});
  return entries;
}

std::vector<std::uint64_t> ids_of(const std::vector<FusedEntry>& entries) {
  std::vector<std::uint64_t> ids;
  ids.reserve(entries.size());
  for (const FusedEntry& entry : entries) ids.push_back(entry.id);
  return ids;
}

void warn_of_unknown_fields(const Snapshot& snapshot, const Filter& where, const Context& context) {
  const std::vector<std::string> asked = metadata_fields_of(where);
  if (asked.empty()) return;
  std::vector<std::string> known = snapshot.metadata_fields();
  for (const std::string& field : asked) {
    if (std::binary_search(known.begin(), known.end(), field)) continue;
    std::vector<std::string> all = known;
    all.insert(all.end(), built_in_fields().begin(), built_in_fields().end());
    const std::string near = nearest_word(field, all);
    context.warn("the filter asks for '" + field + "', a field that no document has" +
                 (near.empty() ? std::string() : ", did you mean '" + near + "'?"));
  }
}

/// Chunks of one document, best first; or one chunk.
using Group = std::vector<FusedEntry>;

class Search {
 public:
  Search(const Snapshot& snapshot, const SearchQuery& query, const SearchOptions& options, Context& context)
      : snapshot_(snapshot), query_(query), options_(options), context_(context) {}

  std::vector<Hit> run() {
    const auto start = Clock::now();
    warn_of_unknown_fields(snapshot_, options_.where, context_);
    {
      const Timer timer(plan_.select_seconds);
      among_ = snapshot_.select(options_.where);
    }
    std::vector<Hit> hits;
    for (const Group& group : chosen()) {
      if (std::optional<Hit> hit = shown(group)) hits.push_back(std::move(*hit));
    }
    plan_.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    if (options_.plan != nullptr) tell_plan();
    return hits;
  }

 private:
  /// The `depth` best chunks; fewer only if there are no more.
  std::vector<FusedEntry> rank(std::size_t depth) {
    depth += query_.apart.size();
    std::vector<FusedEntry> ranking;
    if (options_.mode == SearchMode::text) {
      ranking = by_words(depth);
    } else if (options_.mode == SearchMode::dense) {
      ranking = by_meaning(depth);
    } else {
      const std::size_t both = std::max(depth, kFusionDepth);
      ranking = fused(by_meaning(both), by_words(both), depth);
    }
    std::erase_if(ranking, [&](const FusedEntry& entry) { return std::binary_search(query_.apart.begin(), query_.apart.end(), entry.id); });
    return ranking;
  }

  std::vector<FusedEntry> by_meaning(std::size_t depth) {
    const Timer timer(plan_.dense_seconds);
    std::vector<FusedEntry> found = entries_of(snapshot_.search_dense(query_.vector, {depth, options_.effort}, among_, context_));
    plan_.n_dense = found.size();
    if (options_.plan != nullptr) plan_.dense = name_of(snapshot_.plan_dense(among_, context_, {depth, options_.effort}).way);
    return found;
  }

  std::vector<FusedEntry> by_words(std::size_t depth) {
    const Timer timer(plan_.text_seconds);
    std::vector<FusedEntry> found = entries_of(snapshot_.search_text(query_.text, depth, among_));
    plan_.n_text = found.size();
    return found;
  }

  [[nodiscard]] std::vector<FusedEntry> fused(std::vector<FusedEntry> dense, std::vector<FusedEntry> text, std::size_t depth) const {
    if (options_.fusion == Fusion::rrf) return fuse_rankings(std::vector{ids_of(dense), ids_of(text)}, depth);
    const double weight = options_.dense_weight;
    return fuse_scores(std::vector<WeightedRanking>{{std::move(dense), weight}, {std::move(text), 1 - weight}}, depth);
  }

  /// `n` groups, fewer only if there are no more.
  std::vector<Group> groups(std::size_t n) {
    if (!options_.group_by_document) {
      std::vector<Group> single;
      for (const FusedEntry& entry : rank(n)) {
        if (single.size() < n) single.push_back({entry});
      }
      return single;
    }
    for (std::size_t depth = n * kGroupDepth;; depth *= 2) {
      const std::vector<FusedEntry> ranking = rank(depth);
      std::vector<Group> found = by_document(ranking);
      if (found.size() < n && ranking.size() >= depth) continue;
      found.resize(std::min(found.size(), n));
      return found;
    }
  }

  [[nodiscard]] std::vector<Group> by_document(const std::vector<FusedEntry>& ranking) const {
    std::vector<Group> found;
    std::map<std::uint64_t, std::size_t> place;  // document → group
    for (const FusedEntry& entry : ranking) {
      const std::optional<std::uint64_t> document = snapshot_.document_of(entry.id);
      if (!document) continue;
      const auto [at, is_new] = place.emplace(*document, found.size());
      if (is_new) found.emplace_back();
      Group& group = found[at->second];
      if (group.size() < options_.chunks_per_document) group.push_back(entry);
    }
    return found;
  }

  std::vector<Group> chosen() {
    if (!options_.mmr) return groups(options_.k);
    std::vector<Group> pool = groups(std::max(options_.k * kMmrDepth, kMmrLeast));
    std::vector<Candidate> candidates;
    for (const Group& group : pool) candidates.push_back({group.front().score, snapshot_.vector_of(group.front().id)});
    std::vector<Group> out;
    for (const std::size_t i : diverse_order(candidates, options_.k, *options_.mmr)) out.push_back(std::move(pool[i]));
    return out;
  }

  /// Nothing if its best chunk cannot be read.
  std::optional<Hit> shown(const Group& group) const {
    std::optional<Hit> best;
    for (const FusedEntry& entry : group) {
      try {
        std::optional<ChunkRecord> record = snapshot_.chunk(entry.id);
        if (!record) continue;
        Hit hit = hit_of(*record, entry.score);
        if (best) {
          best->more.push_back(std::move(hit));
        } else {
          best = std::move(hit);
        }
      } catch (const Error& error) {
        if (error.code() != ErrorCode::corrupt) throw;
        context_.warn(std::string("a hit cannot be shown: ") + error.what());
      }
    }
    return best;
  }

  Hit hit_of(ChunkRecord& record, double score) const {
    Hit hit;
    hit.score = score;
    Snippet snippet = snippet_of(below_headings(record), query_.text);
    hit.snippet = std::move(snippet.text);
    hit.highlights = std::move(snippet.highlights);
    hit.uri = std::move(record.uri);
    hit.title = std::move(record.title);
    hit.text = std::move(record.chunk.text);
    hit.headings = std::move(record.chunk.headings);
    hit.page = record.chunk.page;
    hit.line = record.chunk.line;
    hit.place = place_text(record.format, hit.page, hit.line);
    hit.chunk_id = record.chunk_id;
    hit.metadata = std::move(record.metadata);
    return hit;
  }

  /// The chunk without the headings that it begins with: they are shown by themselves.
  static std::string_view below_headings(const ChunkRecord& record) {
    std::string_view text = record.chunk.text;
    for (const std::string& heading : record.chunk.headings)
      if (text.starts_with(heading) && text.substr(heading.size()).starts_with('\n')) text.remove_prefix(heading.size() + 1);
    return text;
  }

  void tell_plan() {
    plan_.filter = to_text(options_.where);
    plan_.n_chunks = snapshot_.counts().n_chunks;
    plan_.n_kept = among_.keeps_all() ? plan_.n_chunks : among_.ids().size();
    if (options_.mode != SearchMode::dense) plan_.text = among_.keeps_all() ? "BM25" : "BM25, the chunks that pass";
    plan_.embed_seconds = options_.plan->embed_seconds;
    *options_.plan = plan_;
  }

  const Snapshot& snapshot_;
  const SearchQuery& query_;
  const SearchOptions& options_;
  Context& context_;
  ChunkSet among_;
  SearchPlan plan_;
};

void check_options(const SearchOptions& options) {
  require(options.k > 0, "Collection::search: k must be positive");
  require(options.dense_weight >= 0 && options.dense_weight <= 1, "Collection::search: dense_weight must be from 0 to 1");
  require(!options.mmr || (*options.mmr >= 0 && *options.mmr <= 1), "Collection::search: mmr must be from 0 to 1");
  require(options.chunks_per_document > 0, "Collection::search: chunks_per_document must be positive");
}

/// "uri#3" → "uri" and 3.
std::pair<std::string_view, std::size_t> split_place(std::string_view place) {
  const std::size_t mark = place.rfind('#');
  std::size_t number = 0;
  if (mark == std::string_view::npos) return {place, 0};
  const std::string_view digits = place.substr(mark + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) return {place, 0};
  return {place.substr(0, mark), number};
}

/// The mean of their directions, as long as they are in the mean; empty if none is whole.
std::vector<float> mean_vector(const Snapshot& snapshot, const std::vector<std::uint64_t>& chunks) {
  std::vector<double> sum;
  double lengths = 0;
  for (const std::uint64_t chunk : chunks) {
    const std::vector<float> vector = snapshot.vector_of(chunk);
    double square = 0;
    for (const float x : vector) square += static_cast<double>(x) * static_cast<double>(x);
    if (square == 0) continue;
    sum.resize(vector.size(), 0);
    for (std::size_t d = 0; d < vector.size(); ++d) sum[d] += static_cast<double>(vector[d]) / std::sqrt(square);
    lengths += std::sqrt(square);
  }
  const double n = static_cast<double>(chunks.size());
  std::vector<float> mean;
  for (const double x : sum) mean.push_back(static_cast<float>(x / n * (lengths / n)));
  return mean;
}

}  // namespace

std::vector<Hit> run_search(const Snapshot& snapshot, const SearchQuery& query, const SearchOptions& options, Context& context) {
  check_options(options);
  return Search(snapshot, query, options, context).run();
}

Likeness likeness_of(const Snapshot& snapshot, std::string_view place) {
  Likeness likeness;
  std::vector<std::uint64_t> meant = likeness.own = snapshot.chunk_ids_of(place);
  if (meant.empty()) {
    const auto [uri, number] = split_place(place);
    likeness.own = snapshot.chunk_ids_of(uri);
    if (likeness.own.empty()) throw Error(ErrorCode::not_found, "'" + std::string(place) + "' is no document of the collection");
    if (number == 0 || number > likeness.own.size())
      throw Error(ErrorCode::not_found, "'" + std::string(uri) + "' has chunks 1 to " + std::to_string(likeness.own.size()));
    meant = {likeness.own[number - 1]};
  }
  likeness.vector = meant.size() == 1 ? snapshot.vector_of(meant.front()) : mean_vector(snapshot, meant);
  if (likeness.vector.empty()) throw Error(ErrorCode::corrupt, "the vectors of '" + std::string(place) + "' are damaged");
  return likeness;
}

}  // namespace akin::retrieval
