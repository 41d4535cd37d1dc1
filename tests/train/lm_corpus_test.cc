#include "akin/train/lm_corpus.h"

#include <gtest/gtest.h>

#include "base/throws.h"
#include "golden_files.h"
#include "lm_fixture.h"

namespace akin {
namespace {

using Ids = std::vector<std::int32_t>;

Ids ids_of(const std::filesystem::path& path) {
  const TokenFile file(path);
  Ids ids(file.size());
  file.read(0, ids);
  return ids;
}

TEST(CorpusTokens, AreThoseOfTheFilesWithATokenBehindEach) {
  const TestFolder folder;
  const Tokenizer tokenizer = Tokenizer::from_json(byte_tokenizer_json(), "bytes");
  Context context(2);
  const auto report =
      write_corpus_tokens({folder.write("a.txt", "ab\nc"), folder.write("b.txt", "d\n")}, tokenizer, folder / "t.npy", context);
  EXPECT_EQ(report.n_texts, 2U);
  EXPECT_EQ(ids_of(folder / "t.npy"), (Ids{97, 98, 10, 99, 256, 100, 10, 256}));
}

TEST(CorpusTokens, LoseNothingWhereALongTextIsCut) {
  const TestFolder folder;
  const Tokenizer tokenizer = Tokenizer::from_json(byte_tokenizer_json(), "bytes");
  std::string lines, one_line;
  for (int i = 0; i < 60000; ++i) lines += "line " + std::to_string(i) + (i % 7 == 0 ? " é\n" : "\n");
  while (one_line.size() < 700000) one_line += "日本é";
  for (const std::string& text : {lines, one_line}) {
    Context context(2);
    write_corpus_tokens({folder.write("a.txt", text)}, tokenizer, folder / "t.npy", context);
    Ids ids = ids_of(folder / "t.npy");
    ids.pop_back();
    EXPECT_TRUE(tokenizer.decode(ids) == text);  // not EXPECT_EQ, which would look for the difference of 700,000 bytes
  }
}

TEST(LmTokenizer, IsCopiedOrMade) {
  const TestFolder folder;
  write_lm_tokenizer("bytes", folder.path());
  EXPECT_EQ(Tokenizer::from_folder(folder.path()).vocabulary_size(), 261U);
  const TestFolder copy;
  write_lm_tokenizer(golden::path("models/gpt2").string(), copy.path());
  EXPECT_EQ(Tokenizer::from_folder(copy.path()).fingerprint(), Tokenizer::from_folder(golden::path("models/gpt2")).fingerprint());
  const TestFolder single;
  write_lm_tokenizer(golden::path("models/gpt2/tokenizer.json").string(), single.path());
  EXPECT_EQ(Tokenizer::from_folder(single.path()).vocabulary_size(), Tokenizer::from_folder(copy.path()).vocabulary_size());
  testing::expect_error(ErrorCode::not_found, "nothing", [&] { write_lm_tokenizer((folder / "nothing").string(), folder.path()); });
}

}  // namespace
}  // namespace akin
