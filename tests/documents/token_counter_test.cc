#include "akin/documents/token_counter.h"

#include <gtest/gtest.h>

#include "akin/documents/chunker.h"
#include "akin/text/token_estimate.h"
#include "golden_files.h"

namespace akin {
namespace {

TEST(TokenCounter, CountsWithATokenizer) {
  const Tokenizer tokenizer = Tokenizer::from_folder(golden::path("sentence-transformers/pool-mean"));
  const TokenCounter counter = tokenizer;
  EXPECT_TRUE(counter.is_exact());
  EXPECT_EQ(counter.count("A ship sails."), tokenizer.count("A ship sails."));
  EXPECT_EQ(counter.spans("A ship sails.").size(), tokenizer.count("A ship sails."));
  EXPECT_EQ(counter.n_special_tokens(), tokenizer.n_special_tokens());
}

TEST(TokenCounter, EstimatesWithoutOne) {
  const TokenCounter counter = TokenCounter::estimate();
  EXPECT_FALSE(counter.is_exact());
  EXPECT_EQ(counter.count("A ship sails."), estimate_token_count("A ship sails."));
  EXPECT_EQ(counter.n_special_tokens(), 2U);
}

TEST(TokenCounter, CutsChunksByTheEstimateAndLosesNothing) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "Ein Schiff segelt durch die Nacht, 船が進む、 number " + std::to_string(i) + ". ";
  const std::vector<Document> documents = read_documents(text, "a.txt");
  ASSERT_EQ(documents.size(), 1U);
  ChunkOptions options;
  options.max_tokens = 64;
  options.overlap_tokens = 8;
  const std::vector<Chunk> chunks = chunk_document(documents[0], TokenCounter::estimate(), options);
  ASSERT_GT(chunks.size(), 20U);
  for (const Chunk& chunk : chunks) {
    EXPECT_LE(chunk.n_tokens, 64U);
    EXPECT_EQ(chunk.n_tokens, estimate_token_count(chunk.embedded_text) + 2);
  }
  for (int i = 0; i < 200; ++i) {
    const std::string word = "number " + std::to_string(i) + ".";
    EXPECT_TRUE(std::ranges::any_of(chunks, [&](const Chunk& chunk) { return chunk.text.find(word) != std::string::npos; })) << word;
  }
}

}  // namespace
}  // namespace akin
