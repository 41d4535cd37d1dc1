#include "akin/train/word_files.h"

#include "akin/base/mapped_file.h"
#include "akin/formats/safetensors.h"
#include "akin/formats/word_vectors.h"
#include "base/temporary_folder.h"
#include "base/throws.h"

namespace akin {
namespace {

using testing::expect_error;
using testing::TemporaryFolder;

const std::vector<std::string> kWords = {"the", "café", "river"};

// Rows with padding behind them, as a trained table has.
Matrix<float> table() {
  Matrix<float> rows(3, 16);
  for (std::size_t r = 0; r < 3; ++r)
    for (std::size_t c = 0; c < 5; ++c) rows(r, c) = 0.1F * static_cast<float>(r * 5 + c) - 0.3F;
  return rows;
}

TEST(WordFiles, TheEndingSaysTheKind) {
  EXPECT_EQ(word_file_kind_of("a/b.vec"), WordFileKind::word2vec_text);
  EXPECT_EQ(word_file_kind_of("b.txt"), WordFileKind::word2vec_text);
  EXPECT_EQ(word_file_kind_of("b.bin"), WordFileKind::word2vec_binary);
  EXPECT_EQ(word_file_kind_of("a.b/c"), WordFileKind::static_folder);
  expect_error(ErrorCode::invalid_argument, "b.npy: the ending says what is written", [] { (void)word_file_kind_of("b.npy"); });
}

TEST(WordFiles, AreReadBackAsTheyWere) {
  const TemporaryFolder folder;
  const Matrix<float> rows = table();
  const MatrixView<const float> vectors = rows.view().middle_cols(0, 5);
  Context context(1);
  for (const WordFileKind kind : {WordFileKind::word2vec_text, WordFileKind::word2vec_binary, WordFileKind::glove_text}) {
    save_words(folder.path() / "w.vec", kind, kWords, vectors);
    const auto read = open_word_vectors(folder.path() / "w.vec", context);
    EXPECT_EQ(read->format(), name_of(kind));
    ASSERT_EQ(read->size(), 3U);
    std::vector<float> out(5);
    for (std::size_t r = 0; r < 3; ++r) {
      EXPECT_EQ(read->word(r), kWords[r]);
      read->read(r, out);
      EXPECT_TRUE(std::equal(out.begin(), out.end(), vectors.row(r).begin()));
    }
  }
}

TEST(WordFiles, AFolderHasARowForUnknownWordsAndSaysHowTextsAreCut) {
  const TemporaryFolder folder;
  const Matrix<float> rows = table();
  save_words(folder.path() / "words", WordFileKind::static_folder, kWords, rows.view().middle_cols(0, 5));
  const auto file = open_safetensors(folder.path() / "words/model.safetensors");
  const TensorView* tensor = file->find("embedding.weight");
  ASSERT_NE(tensor, nullptr);
  EXPECT_EQ(tensor->shape, (std::vector<std::size_t>{4, 5}));
  std::vector<float> out(5);
  tensor->row_to_float(0, out);
  EXPECT_EQ(out, std::vector<float>(5, 0.0F));
  tensor->row_to_float(3, out);
  EXPECT_TRUE(std::equal(out.begin(), out.end(), rows.row(2).begin()));
  const std::string tokenizer = read_file(folder.path() / "words/tokenizer.json", 1 << 20);
  EXPECT_NE(tokenizer.find("Lowercase"), std::string::npos);
  EXPECT_NE(tokenizer.find("\"Whitespace\""), std::string::npos);
  const std::vector<std::string> others = {"The", "U.S.", "[UNK]"};
  save_words(folder.path() / "words", WordFileKind::static_folder, others, rows.view().middle_cols(0, 5));
  const std::string other = read_file(folder.path() / "words/tokenizer.json", 1 << 20);
  EXPECT_EQ(other.find("Lowercase"), std::string::npos);
  EXPECT_NE(other.find("\"WhitespaceSplit\""), std::string::npos);
  EXPECT_NE(other.find("\"[UNK] \""), std::string::npos);  // the word [UNK] keeps its name
}

TEST(WordFiles, AVectorForEachWordIsWanted) {
  const TemporaryFolder folder;
  const Matrix<float> rows(2, 5);
  expect_error(ErrorCode::invalid_argument, "for each word",
               [&] { save_words(folder.path() / "w.vec", WordFileKind::word2vec_text, kWords, rows.view()); });
  EXPECT_EQ(folder.n_entries(), 0U);
}

}  // namespace
}  // namespace akin
