#include "prepare.h"

#include "golden_files.h"
#include "temporary_files.h"

namespace akin::retrieval {
namespace {

constexpr ChunkOptions kChunks{.max_tokens = 32};

const Tokenizer& tokenizer() {
  static const Tokenizer tokenizer = Tokenizer::from_folder(golden::path("sentence-transformers/pool-mean"));
  return tokenizer;
}

FoundFile found(const std::filesystem::path& path) { return {path.string(), std::filesystem::file_size(path), 1}; }

PreparedFile prepare(const std::filesystem::path& path, const std::optional<SourceState>& known = std::nullopt,
                     const ChunkOptions& options = kChunks) {
  return prepare_file(found(path), known, {tokenizer(), options, nullptr, "tiny"});
}

TEST(Prepare, CutsAFileIntoChunksThatFitTheModel) {
  const TemporaryFiles files;
  std::string text = "# Ships\n\n";
  for (int i = 0; i < 40; ++i) text += "A ship sails in the night. ";
  const PreparedFile file = prepare(files.write("a.md", text));
  EXPECT_EQ(file.state, FileState::read);
  ASSERT_EQ(file.documents.size(), 1U);
  const PreparedDocument& document = file.documents[0];
  EXPECT_EQ(document.stored.uri, files.path("a.md"));
  EXPECT_EQ(document.stored.source, files.path("a.md"));
  EXPECT_EQ(document.stored.title, "Ships");
  ASSERT_GT(document.stored.chunks.size(), 2U);
  EXPECT_EQ(document.embedded.size(), document.stored.chunks.size());
  std::size_t n_tokens = 0;
  for (const StoredChunk& chunk : document.stored.chunks) {
    EXPECT_LE(chunk.n_tokens, 32U);
    n_tokens += chunk.n_tokens;
  }
  EXPECT_EQ(document.n_tokens, n_tokens);
}

TEST(Prepare, ReadsNothingAgainWhileBytesAndSettingsAreTheSame) {
  const TemporaryFiles files;
  const auto path = files.write("a.txt", "A ship.");
  const PreparedFile first = prepare(path);
  EXPECT_EQ(prepare(path, first.source).state, FileState::unchanged);
  EXPECT_EQ(prepare(path, first.source, {.max_tokens = 16}).state, FileState::read);
  files.write("a.txt", "Another ship.");
  EXPECT_EQ(prepare(path, first.source).state, FileState::read);
}

TEST(Prepare, HashesWhatADocumentSaysAndNotWhereTheFileLies) {
  const TemporaryFiles files;
  const auto hash = [&](const std::string& name, const std::string& text) {
    return prepare(files.write(name, text)).documents.at(0).stored.content_hash;
  };
  EXPECT_EQ(hash("one/a.txt", "A ship."), hash("two/a.txt", "A ship."));
  EXPECT_NE(hash("one/a.txt", "A ship."), hash("two/a.txt", "A boat."));
  EXPECT_NE(hash("one/a.txt", "A ship."), hash("two/a.txt", "\n\nA ship.")) << "the line is shown with a hit";
}

TEST(Prepare, RefusesAFileWithItsNameAndReasonAndRemembersIt) {
  const TemporaryFiles files;
  const auto path = files.write("a.pdf", "%PDF-1.7\ngarbage");
  const PreparedFile file = prepare(path);
  EXPECT_EQ(file.state, FileState::refused);
  EXPECT_TRUE(file.source.refusal.starts_with(path.string() + ": ")) << file.source.refusal;
  EXPECT_FALSE(file.source.content_hash.empty());
  const PreparedFile again = prepare(path, file.source);
  EXPECT_EQ(again.state, FileState::unchanged);
  EXPECT_EQ(again.source.refusal, file.source.refusal);
}

TEST(Prepare, RefusesAFileWithoutText) {
  const TemporaryFiles files;
  const auto path = files.write("empty.txt", "");
  EXPECT_EQ(prepare(path).source.refusal, path.string() + ": holds no text");
  EXPECT_EQ(prepare(files.write("blank.md", " \n\n\t\n")).state, FileState::refused);
}

TEST(Prepare, TellsAVanishedFileFromOneThatCannotBeRead) {
  const TemporaryFiles files;
  const FoundFile gone{files.path("gone.txt"), 5, 1};
  EXPECT_EQ(prepare_file(gone, std::nullopt, {tokenizer(), kChunks, nullptr, "tiny"}).state, FileState::vanished);
  std::filesystem::create_directory(files.folder() / "folder");
  const FoundFile folder{files.path("folder"), 5, 1};
  const PreparedFile unreadable = prepare_file(folder, std::nullopt, {tokenizer(), kChunks, nullptr, "tiny"});
  EXPECT_EQ(unreadable.state, FileState::unreadable);
  EXPECT_NE(unreadable.source.refusal.find("folder"), std::string::npos);
}

TEST(Prepare, GivesRecordsOfOneIdDifferentNames) {
  const TemporaryFiles files;
  const auto path = files.write("a.jsonl", "{\"id\":\"x\",\"text\":\"A ship.\"}\n{\"id\":\"x\",\"text\":\"A boat.\"}\n");
  const PreparedFile file = prepare(path);
  ASSERT_EQ(file.documents.size(), 2U);
  EXPECT_EQ(file.documents[0].stored.uri, path.string() + "#x");
  EXPECT_EQ(file.documents[1].stored.uri, path.string() + "#x~2");
}

TEST(Prepare, CountsMalformedUtf8) {
  const TemporaryFiles files;
  const PreparedFile file = prepare(files.write("a.txt", "A caf\xff ship \xe2\x82 sails."));
  EXPECT_EQ(file.state, FileState::read);
  EXPECT_EQ(file.n_invalid, 2U);
}

TEST(Prepare, NamesTheSettingsThatDecideChunks) {
  EXPECT_NE(settings_text({std::nullopt, {.max_tokens = 32}, nullptr, ""}), settings_text({std::nullopt, {.max_tokens = 16}, nullptr, ""}));
  EXPECT_NE(settings_text({std::nullopt, {.max_tokens = 32}, nullptr, ""}),
            settings_text({std::nullopt, {.max_tokens = 32, .overlap_tokens = 4}, nullptr, ""}));
  EXPECT_NE(settings_text({std::nullopt, {.max_tokens = 32}, nullptr, ""}),
            settings_text({std::nullopt, {.max_tokens = 32, .with_headings = false}, nullptr, ""}));
}

const Embedder& images() {
  static Context context(1);
  static const Embedder embedder = Embedder::load(golden::path("models/vit"), {}, context);
  return embedder;
}

TEST(Prepare, MakesADocumentOfOneChunkOfAPicture) {
  const std::string path = golden::path("images/rgb8.png").string();
  const PreparedFile file = prepare_file(found(path), std::nullopt, {std::nullopt, kChunks, &images(), "vit"});
  ASSERT_EQ(file.state, FileState::read) << file.source.refusal;
  ASSERT_EQ(file.documents.size(), 1U);
  const PreparedDocument& document = file.documents[0];
  EXPECT_EQ(document.stored.uri, path);
  EXPECT_EQ(document.stored.title, "rgb8.png");
  EXPECT_EQ(document.stored.format, "image");
  const std::vector<std::pair<std::string, std::string>> metadata = {{"height", "17"}, {"kind", "PNG"}, {"width", "23"}};
  EXPECT_EQ(document.stored.metadata, metadata);
  ASSERT_EQ(document.stored.chunks.size(), 1U);
  EXPECT_EQ(document.stored.chunks[0].text, "rgb8.png, PNG picture of 23 × 17 pixels");
  ASSERT_TRUE(document.image.has_value());
  EXPECT_EQ(document.image->pixels.width(), 32U);
}

TEST(Prepare, TellsPicturesOfTheSameSizeApart) {
  const auto hash_of = [](const char* name) {
    const TemporaryFiles files;
    const PreparedFile file = prepare_file(found(files.write("a.png", akin::read_file(golden::path(name), 1 << 20))), std::nullopt,
                                           {std::nullopt, kChunks, &images(), "vit"});
    return file.documents.at(0).stored.content_hash;
  };
  EXPECT_NE(hash_of("images/rgb8.png"), hash_of("images/rgb16.png"));
}

TEST(Prepare, SaysWhyAPictureOrATextIsRefused) {
  const std::string picture = golden::path("images/colour.jpg").string();
  EXPECT_EQ(prepare(picture).source.refusal, picture + ": is a JPEG picture; the collection's model 'tiny' takes no images");
  const TemporaryFiles files;
  const std::string text = files.write("a.txt", "words").string();
  const PreparedFile refused = prepare_file(found(text), std::nullopt, {std::nullopt, kChunks, &images(), "vit"});
  EXPECT_EQ(refused.state, FileState::refused);
  EXPECT_EQ(refused.source.refusal, text + ": is no picture; the collection's model 'vit' takes images only");
  const std::string broken = files.write("b.png", akin::read_file(golden::path("images/rgb8.png"), 1 << 20).substr(0, 50)).string();
  const PreparedFile cut = prepare_file(found(broken), std::nullopt, {std::nullopt, kChunks, &images(), "vit"});
  EXPECT_EQ(cut.source.refusal, broken + ": a broken PNG picture: the file ends too early");
}

TEST(Prepare, ReadsPicturesAgainWhenAModelTakesThem) {
  EXPECT_NE(settings_text({std::nullopt, kChunks, &images(), ""}), settings_text({std::nullopt, kChunks, nullptr, ""}));
}

}  // namespace
}  // namespace akin::retrieval
