#include "index_run.h"

#include <set>

#include "akin/embed/backend.h"
#include "library.h"

namespace akin {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

std::string prose(const std::string& about, int n_sentences) {
  std::string text;
  for (int i = 0; i < n_sentences; ++i) text += "Sentence " + std::to_string(i) + " speaks of " + about + ". ";
  return text;
}

TEST(IndexRun, EmbedsNothingTheSecondTime) {
  Library library;
  library.write("a.txt", "A ship.");
  library.write("b.md", "# House\n\nA house.\n");
  const IndexReport first = library.index();
  EXPECT_EQ(first.n_files_seen, 2U);
  EXPECT_EQ(first.n_added, 2U);
  EXPECT_EQ(first.n_chunks_embedded, 2U);
  EXPECT_GT(first.n_tokens, 6U);
  EXPECT_EQ(first.n_tokens_dropped, 0U);
  const IndexReport second = library.index();
  EXPECT_EQ(second.n_unchanged, 2U);
  EXPECT_EQ(second.n_added + second.n_updated + second.n_removed + second.n_chunks_embedded, 0U);
}

TEST(IndexRun, EmbedsNothingForAFileThatWasOnlyTouched) {
  Library library;
  library.write("a.txt", "A ship.");
  library.index();
  const std::string digest = library.collection.content_digest();
  library.files.date_back("docs/a.txt", std::chrono::hours(2));
  const IndexReport report = library.index();
  EXPECT_EQ(report.n_unchanged, 1U);
  EXPECT_EQ(report.n_chunks_embedded, 0U);
  EXPECT_EQ(library.collection.content_digest(), digest);
}

TEST(IndexRun, SeesAChangeThatLeavesSizeAndRecentTimeStampAlone) {
  Library library;
  library.files.write("docs/a.txt", "A ship.");
  library.index();
  const auto time = fs::last_write_time(library.path("a.txt"));
  library.files.write("docs/a.txt", "A shop.");
  fs::last_write_time(library.path("a.txt"), time);
  EXPECT_EQ(library.index().n_updated, 1U);
}

TEST(IndexRun, EmbedsWhatChangedAndRemovesWhatVanished) {
  Library library;
  for (const char* name : {"a.txt", "b.txt", "c.txt"}) library.write(name, std::string("A ship of ") + name);
  library.index();
  library.write("b.txt", "Now a house.");
  fs::remove(library.path("c.txt"));
  fs::rename(library.path("a.txt"), library.path("moved.txt"));
  const IndexReport report = library.index();
  EXPECT_EQ(report.n_updated, 1U);
  EXPECT_EQ(report.n_removed, 1U);
  EXPECT_EQ(report.n_moved, 1U);
  EXPECT_EQ(report.n_added, 0U);
  EXPECT_EQ(report.n_chunks_embedded, 1U);
  EXPECT_EQ(library.uris(), (Names{"b.txt", "moved.txt"}));
  EXPECT_EQ(library.search("ship", SearchMode::text).size(), 1U) << "the old texts of b.txt and c.txt are found no more";
}

TEST(IndexRun, ForgetsNothingOutsideOfTheGivenPathsAndNothingIfToldSo) {
  Library library;
  library.write("one/a.txt", "A ship.");
  library.write("two/b.txt", "A house.");
  library.index();
  fs::remove(library.path("one/a.txt"));
  const std::vector<fs::path> two = {library.files.folder() / "docs/two"};
  EXPECT_EQ(library.collection.index(two, library.embedder, {}, library.context).n_removed, 0U);
  EXPECT_EQ(library.index({.remove_missing = false}).n_removed, 0U);
  EXPECT_EQ(library.uris().size(), 2U);
  EXPECT_EQ(library.index().n_removed, 1U);
}

TEST(IndexRun, ForgetsAFileThatIsGivenAndHasVanished) {
  Library library;
  library.write("a.txt", "A ship.");
  library.index();
  fs::remove(library.path("a.txt"));
  const std::vector<fs::path> file = {library.path("a.txt")};
  EXPECT_EQ(library.collection.index(file, library.embedder, {}, library.context).n_removed, 1U);
  EXPECT_EQ(error_of([&] { library.collection.index(file, library.embedder, {}, library.context); }).code(), ErrorCode::not_found);
}

TEST(IndexRun, EmbedsOnlyTheRecordsThatChanged) {
  Library library;
  library.write("a.jsonl", R"({"id":"x","text":"A ship."})"
                           "\n"
                           R"({"id":"y","text":"A house."})"
                           "\n"
                           R"({"id":"z","text":"A hill."})"
                           "\n");
  EXPECT_EQ(library.index().n_added, 3U);
  library.write("a.jsonl", R"({"id":"x","text":"A ship."})"
                           "\n"
                           R"({"id":"y","text":"A tower."})"
                           "\n");
  const IndexReport report = library.index();
  EXPECT_EQ(report.n_unchanged, 1U);
  EXPECT_EQ(report.n_updated, 1U);
  EXPECT_EQ(report.n_removed, 1U);
  EXPECT_EQ(report.n_chunks_embedded, 1U);
}

TEST(IndexRun, ListsRefusedFilesEveryTimeAndTriesThemWhenTheyChange) {
  Library library;
  library.write("a.txt", "A ship.");
  library.write("b.pdf", "%PDF-1.7\ngarbage");
  const IndexReport first = library.index();
  ASSERT_EQ(first.refused.size(), 1U);
  EXPECT_EQ(first.refused[0].uri, library.path("b.pdf"));
  const IndexReport second = library.index();
  ASSERT_EQ(second.refused.size(), 1U);
  EXPECT_EQ(second.refused[0].reason, first.refused[0].reason);
  library.write("b.pdf", "");
  EXPECT_NE(library.index().refused.at(0).reason, first.refused[0].reason);
}

TEST(IndexRun, RemovesTheDocumentsOfAFileThatIsNoLongerReadable) {
  Library library;
  library.write("a.txt", "A ship.");
  library.index();
  library.write("a.txt", std::string("\x00\x01\x02\x03\xff\xfe", 6) + std::string(500, '\x01'));
  const IndexReport report = library.index();
  EXPECT_EQ(report.n_removed, 1U);
  EXPECT_EQ(report.refused.size(), 1U);
  EXPECT_TRUE(library.uris().empty());
}

TEST(IndexRun, KeepsWhatLiesInAFolderThatCannotBeListedNow) {
  Library library;
  library.write("closed/a.txt", "A ship.");
  library.index();
  fs::permissions(library.path("closed"), fs::perms::none);
  const IndexReport report = library.index();
  fs::permissions(library.path("closed"), fs::perms::owner_all);
  EXPECT_EQ(report.n_removed, 0U);
  EXPECT_EQ(library.uris(), (Names{"closed/a.txt"}));
}

TEST(IndexRun, CutsAgainWhenTheOptionsOfChunksChange) {
  Library library;
  library.write("a.md", "# Ships\n\n" + prose("ships", 20));
  library.write("short.txt", "A ship.");
  const std::size_t n_chunks = library.index().n_chunks_embedded;
  const IndexReport report = library.index({.chunk_tokens = 16});
  EXPECT_EQ(report.n_updated, 1U) << "a document whose only chunk fits both lengths stays";
  EXPECT_GT(report.n_chunks_embedded, n_chunks);
  EXPECT_EQ(library.index({.chunk_tokens = 16}).n_chunks_embedded, 0U);
}

TEST(IndexRun, RefusesChunksThatTheModelCannotRead) {
  Library library;
  library.write("a.txt", "A ship.");
  EXPECT_EQ(error_of([&] { library.index({.chunk_tokens = 33}); }).code(), ErrorCode::invalid_argument);
  EXPECT_EQ(error_of([&] { library.index({.chunk_tokens = 16, .overlap_tokens = 8}); }).code(), ErrorCode::invalid_argument);
}

TEST(IndexRun, DoesNotReadItsOwnCollection) {
  Library library;
  library.write("a.txt", "A ship.");
  const std::vector<fs::path> all = {library.files.folder()};
  EXPECT_EQ(library.collection.index(all, library.embedder, {}, library.context).n_files_seen, 1U);
}

/// Cancels when the first text has its vector.
struct CancelAfterTheFirstCommit {
  std::atomic<CancelToken*> token{nullptr};
  void operator()(const ProgressState& state, bool) const {
    if (state.done > 0 && token.load() != nullptr) token.load()->cancel();
  }
};

TEST(IndexRun, StoppedAnywhereGoesOnAndEndsWithTheContentOfAnUndisturbedRun) {
  Library library;
  // Three to four commits; the last file alone has more than one, with a document a record.
  for (int i = 0; i < 40; ++i) library.write("doc" + std::to_string(i) + ".txt", prose("number " + std::to_string(i), 60));
  std::string records;
  for (int i = 0; i < 2000; ++i) records += "{\"text\":\"" + prose("record " + std::to_string(i), 2) + "\"}\n";
  library.write("records.jsonl", records);
  const std::vector<fs::path> paths = {library.files.folder() / "docs"};

  CancelAfterTheFirstCommit stop;
  Collection collection = Collection::create(library.files.folder() / "stopped", "pool-mean", library.embedder);
  std::size_t n_stops = 0;
  std::size_t n_before = 0;
  for (bool done = false; !done;) {
    Context context(2, std::ref(stop));
    stop.token = &context.cancel;
    try {
      collection.index(paths, library.embedder, {}, context);
      done = true;
    } catch (const Error& error) {
      ASSERT_EQ(error.code(), ErrorCode::cancelled);
      ++n_stops;
    }
    const std::size_t n_now = collection.info().n_documents;
    ASSERT_TRUE(done || n_now > n_before) << "each run that is stopped after a commit has that commit";
    n_before = n_now;
  }
  stop.token = nullptr;
  EXPECT_GE(n_stops, 2U);
  library.index();
  EXPECT_EQ(collection.info().n_documents, 2040U);
  EXPECT_EQ(collection.content_digest(), library.collection.content_digest());
}

TEST(IndexRun, GivesTheSameContentOnAnyNumberOfThreads) {
  Library library;
  for (int i = 0; i < 20; ++i) library.write(std::to_string(i) + ".txt", prose(std::to_string(i), 10 + i));
  library.index();
  Context single(1);
  Collection other = Collection::create(library.files.folder() / "single", "pool-mean", library.embedder);
  const std::vector<fs::path> paths = {library.files.folder() / "docs"};
  other.index(paths, library.embedder, {}, single);
  EXPECT_EQ(other.content_digest(), library.collection.content_digest());
}

/// A model that counts its tokens elsewhere, and finds one in each byte; it reads twenty of them.
class ByteCounter : public EmbedderBackend {
 public:
  static constexpr std::size_t kLimit = 20;

  ByteCounter() {
    info_.name = "bytes";
    info_.dim = 4;
    info_.max_tokens = kLimit;
    info_.similarity = "cosine";
  }
  [[nodiscard]] const ModelInfo& info() const noexcept override { return info_; }
  [[nodiscard]] std::string fingerprint() const override { return std::string(64, 'b'); }
  [[nodiscard]] const Tokenizer* tokenizer() const noexcept override { return nullptr; }
  [[nodiscard]] const std::string& prompt(TextRole) const override { return prompt_; }
  [[nodiscard]] EmbedResult embed(std::span<const std::string_view> texts, TextRole, Context&) const override {
    EmbedResult result{Matrix<float>(texts.size(), 4), {}};
    for (const std::string_view text : texts) {
      TextReport report;
      report.n_tokens = static_cast<std::uint32_t>(std::min(text.size(), kLimit));
      report.n_tokens_dropped = static_cast<std::uint32_t>(text.size()) - report.n_tokens;
      result.reports.push_back(report);
    }
    for (std::size_t r = 0; r < texts.size(); ++r) result.vectors.row(r)[0] = 1;
    return result;
  }

 private:
  ModelInfo info_;
  std::string prompt_;
};

TEST(IndexRun, CountsTheChunksAndDocumentsThatTheModelCut) {
  Library library;
  library.write("short.txt", "A ship.");
  library.write("long.md", "# One\n\n" + prose("ships", 8) + "\n\n# Two\n\nA hut.\n\n# Three\n\n" + prose("hills", 8));
  library.write("word.txt", "incomprehensibilities are long");
  const Embedder bytes(std::make_unique<ByteCounter>());
  Collection collection = Collection::create(library.files.folder() / "bytes", "bytes", bytes);
  const std::vector<fs::path> paths = {library.files.folder() / "docs"};
  const IndexReport report = collection.index(paths, bytes, {.with_headings = false}, library.context);
  std::size_t n_cut = 0, n_dropped = 0;
  std::set<std::string> documents;
  for (const Hit& hit : collection.search(std::vector<float>{1, 0, 0, 0}, {.k = 1000}, library.context)) {
    if (hit.text.size() <= ByteCounter::kLimit) continue;
    ++n_cut;
    n_dropped += hit.text.size() - ByteCounter::kLimit;
    documents.insert(hit.uri);
  }
  ASSERT_GT(n_cut, 3U);
  EXPECT_EQ(documents, (std::set<std::string>{library.path("long.md"), library.path("word.txt")}));
  EXPECT_EQ(report.n_chunks_cut, n_cut);
  EXPECT_EQ(report.n_documents_cut, 2U);
  EXPECT_EQ(report.n_tokens_dropped, n_dropped);
}

TEST(IndexRun, CutsNothingOfASentenceThatIsLongerThanTheModelReads) {
  Library library;
  std::string sentence = "This sentence";
  for (int i = 0; i < 500; ++i) sentence += " goes on and on";
  library.write("a.txt", sentence + " until here.");
  const IndexReport report = library.index();
  EXPECT_GT(report.n_tokens, 3 * library.embedder.max_tokens());
  EXPECT_EQ(report.n_chunks_cut + report.n_documents_cut + report.n_tokens_dropped, 0U);
  EXPECT_EQ(library.search("until here", SearchMode::text).size(), 1U) << "its end is in a chunk too";
}

TEST(IndexRun, TellsFilesChunksAndTokens) {
  Library library;
  for (int i = 0; i < 5; ++i) library.write(std::to_string(i) + ".txt", prose("ships", 5));
  ProgressState last;
  bool finished = false;
  Context context(2, [&](const ProgressState& state, bool end) {
    last = state;
    finished = end;
  });
  const std::vector<fs::path> paths = {library.files.folder() / "docs"};
  const IndexReport report = library.collection.index(paths, library.embedder, {}, context);
  EXPECT_TRUE(finished);
  EXPECT_EQ(last.unit, "tokens");
  EXPECT_EQ(last.done, report.n_tokens);
  EXPECT_EQ(last.total, report.n_tokens);
  EXPECT_EQ(last.label, "indexing 5/5 files, " + std::to_string(report.n_chunks_embedded) + " chunks");
}

}  // namespace
}  // namespace akin
