#include "akin/formats/word_vectors.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/gzip.h"
#include "base/temporary_folder.h"
#include "base/throws.h"
#include "formats/mangle.h"
#include "golden_files.h"

namespace akin {
namespace {

using testing::as_gzip;
using testing::bytes_of;
using testing::expect_error;
using testing::file_text;
using testing::TemporaryFolder;

std::vector<float> row(const WordVectors& table, std::size_t i) {
  std::vector<float> out(table.dim());
  table.read(i, out);
  return out;
}

TEST(WordVectors, ReadsWhatGensimReads) {
  Context context(2);
  const nlohmann::json plain = golden::json(golden::path("static/expected.json")).at("plain");
  const std::pair<const char*, const char*> kFiles[] = {
      {"words.vec.txt", "text"}, {"words.glove.txt", "text"}, {"words.vec.bin", "binary"}};
  for (const auto& [file, key] : kFiles) {
    const auto table = open_word_vectors(golden::path(std::string("static/") + file), context);
    ASSERT_EQ(table->size(), plain.at("words").size()) << file;
    for (std::size_t i = 0; i < table->size(); ++i) {
      EXPECT_EQ(table->word(i), plain.at("words")[i].get<std::string>());
      EXPECT_EQ(row(*table, i), plain.at(key)[i].get<std::vector<float>>()) << file;
    }
  }
}

TEST(WordVectors, ReadsGzip) {
  Context context(1);
  const TemporaryFolder folder;
  const std::string text = "2 2\na 1 2\nb 3 4\n";
  EXPECT_EQ(row(*open_word_vectors(folder.write("x.vec.gz", as_gzip(text)), context), 1), (std::vector<float>{3, 4}));
  // Two members, one behind the other, are one text.
  const auto joined = folder.write("y.vec.gz", as_gzip(text.substr(0, 9)) + as_gzip(text.substr(9)));
  EXPECT_EQ(open_word_vectors(joined, context)->size(), 2U);
  const std::string packed = as_gzip(text);
  expect_error(ErrorCode::corrupt, "the gzip data ends early",
               [&] { open_word_vectors(folder.write("cut.gz", packed.substr(0, packed.size() - 9)), context); });
  std::string damaged = packed;
  damaged[12] = static_cast<char>(damaged[12] ^ 0xFF);
  expect_error(ErrorCode::corrupt, "gzip", [&] { open_word_vectors(folder.write("bad.gz", damaged), context); });
  expect_error(ErrorCode::limit, "unpacks to more than the bound of",
               [&] { open_word_vectors(folder.write("bomb.gz", as_gzip(std::string(std::size_t{1} << 24, ' '))), context); });
}

TEST(WordVectors, WritesEveryFormatSoThatTheSameFloatsAreRead) {
  Context context(1);
  const TemporaryFolder folder;
  const std::vector<float> numbers = {1.0F / 3, -1e-38F, 3.4e38F, 0, 123456.789F, 1e-45F};
  const std::pair<WordVectorFormat, const char*> kFormats[] = {{WordVectorFormat::word2vec_text, "word2vec text"},
                                                               {WordVectorFormat::word2vec_binary, "word2vec binary"},
                                                               {WordVectorFormat::glove_text, "GloVe text"}};
  for (const auto& [format, name] : kFormats) {
    WordVectorWriter writer(folder.path() / "x.vec", format, 2, 3);
    writer.append("naïve", std::span(numbers).first(3));
    writer.append("b", std::span(numbers).last(3));
    writer.commit();
    const auto table = open_word_vectors(folder.path() / "x.vec", context);
    EXPECT_EQ(table->format(), name);
    EXPECT_EQ(table->word(0), "naïve");
    EXPECT_EQ(row(*table, 0), std::vector<float>(numbers.begin(), numbers.begin() + 3));
    EXPECT_EQ(row(*table, 1), std::vector<float>(numbers.begin() + 3, numbers.end()));
  }
}

TEST(WordVectors, WriterRefusesWordsThatNoReaderCouldFind) {
  const TemporaryFolder folder;
  const std::vector<float> numbers = {1, 2};
  WordVectorWriter writer(folder.path() / "x.vec", WordVectorFormat::word2vec_text, 1, 2);
  expect_error(ErrorCode::invalid_argument, "empty or holds white space", [&] { writer.append("two words", numbers); });
  expect_error(ErrorCode::invalid_argument, "empty or holds white space", [&] { writer.append("", numbers); });
  expect_error(ErrorCode::invalid_argument, "another length", [&] { writer.append("a", std::span(numbers).first(1)); });
  expect_error(ErrorCode::invalid_argument, "fewer words", [&] { writer.commit(); });
  writer.append("a", numbers);
  expect_error(ErrorCode::invalid_argument, "more words", [&] { writer.append("b", numbers); });
  writer.commit();
  EXPECT_EQ(file_text((folder.path() / "x.vec").string()), "1 2\na 1 2\n");
}

TEST(WordVectors, NamesTheStrangersThatComeWithTheseEndings) {
  Context context(1);
  const auto refuses = [&](const char* message, const std::string& bytes) {
    expect_error(ErrorCode::unsupported, message, [&] { view_word_vectors(bytes_of(bytes), "x.bin", context); });
  };
  refuses("this is a zip archive", "PK\x03\x04 and so on");
  refuses("this is a Python pickle", "\x80\x04\x95 and so on");
  expect_error(ErrorCode::corrupt, "no fastText model?", [&] { view_word_vectors(bytes_of(std::string(200, '\1')), "x.bin", context); });
}

TEST(WordVectors, AreKnownByEndingOrByTheirFirstBytes) {
  const TemporaryFolder folder;
  EXPECT_TRUE(is_word_vector_file(folder.write("x.vec", "")));
  EXPECT_TRUE(is_word_vector_file(folder.write("x.txt.gz", "")));
  EXPECT_TRUE(is_word_vector_file(folder.write("vectors", "3 50\nthe 1")));
  EXPECT_FALSE(is_word_vector_file(folder.write("model.gguf", "GGUF and so on")));
  EXPECT_FALSE(is_word_vector_file(folder.write("model.bin", "GGUF and so on")));
  EXPECT_FALSE(is_word_vector_file(folder.path()));
  EXPECT_FALSE(is_word_vector_file(folder.path() / "nothing.vec"));
}

TEST(WordVectors, ThatAreNotThereAreNamed) {
  Context context(1);
  expect_error(ErrorCode::not_found, "no/such.vec", [&] { open_word_vectors("no/such.vec", context); });
}

}  // namespace
}  // namespace akin
