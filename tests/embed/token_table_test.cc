#include "akin/embed/token_table.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>

#include "akin/base/half.h"
#include "akin/embed/embedder.h"
#include "akin/formats/safetensors.h"
#include "base/temporary_folder.h"
#include "base/throws.h"
#include "golden_files.h"
#include "model_copy.h"

namespace akin {
namespace {

using akin::testing::expect_error;
using akin::testing::TemporaryFolder;

std::filesystem::path default_model() { return std::filesystem::path(AKIN_ROOT) / "models/all-MiniLM-L6-v2-q8_0.gguf"; }

/// A LLaMA folder of which only the embedding table exists: bf16, zeros in a hole of the file but for the rows that are set.
class TableOnDisk {
 public:
  TableOnDisk(std::size_t n_rows, std::size_t dim) : dim_(dim) {
    const nlohmann::json config = {{"model_type", "llama"},        {"num_hidden_layers", 80},      {"hidden_size", dim},
                                   {"vocab_size", n_rows},         {"num_attention_heads", 64},    {"rms_norm_eps", 1e-5},
                                   {"intermediate_size", 4 * dim}, {"tie_word_embeddings", false}, {"max_position_embeddings", 8192}};
    folder_.write("config.json", config.dump());
    const std::size_t n_bytes = n_rows * dim * 2;
    std::string header =
        nlohmann::json{{"model.embed_tokens.weight", {{"dtype", "BF16"}, {"shape", {n_rows, dim}}, {"data_offsets", {0, n_bytes}}}}}.dump();
    header.append(8 - header.size() % 8, ' ');
    const std::uint64_t length = header.size();
    data_ = sizeof length + length;
    const auto file = folder_.write("model.safetensors", std::string(reinterpret_cast<const char*>(&length), sizeof length) + header);
    std::filesystem::resize_file(file, data_ + n_bytes);
  }
  void set(std::size_t row, float value) {
    std::fstream file(folder_.path() / "model.safetensors", std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(data_ + row * dim_ * 2));
    const bf16 number = to_bf16(value);
    for (std::size_t i = 0; i < dim_; ++i) file.write(reinterpret_cast<const char*>(&number), sizeof number);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
  std::size_t dim_, data_ = 0;
};

/// Bytes of memory that this process holds; 0 under the thread sanitizer, which keeps a shadow of all that is read.
std::size_t resident() {
#if defined(__SANITIZE_THREAD__)
  return 0;
#else
  std::ifstream file("/proc/self/statm");
  std::size_t all = 0, pages = 0;
  file >> all >> pages;
  return pages * 4096;
#endif
}

TEST(TokenTable, GivesTheRowsOfTheFile) {
  for (const char* name : {"bert", "gpt2", "llama-linear", "bert-bf16-sharded", "bert-mlm-f16"}) {
    const auto folder = golden::path(std::string("models/") + name);
    const TokenTable table = TokenTable::open(folder);
    const auto file = open_safetensors(folder);
    const TensorView* stored = file->find(table.rows().name);
    ASSERT_NE(stored, nullptr);
    std::vector<float> want(table.dim());
    for (const std::size_t id : {std::size_t{0}, table.n_rows() / 2, table.n_rows() - 1}) {
      stored->row_to_float(id, want);
      EXPECT_EQ(table.row(id), want) << name << " " << id;
    }
    expect_error(ErrorCode::invalid_argument, "outside the embedding table", [&] { (void)table.row(table.n_rows()); });
  }
}

TEST(TokenTable, KnowsWhetherTheOutputUsesIt) {
  EXPECT_EQ(TokenTable::open(golden::path("models/gpt2")).is_tied(), true);
  EXPECT_EQ(TokenTable::open(golden::path("models/llama")).is_tied(), false);
  EXPECT_EQ(TokenTable::open(golden::path("models/mpnet")).is_tied(), std::nullopt);
}

TEST(TokenTable, OpensWithoutATransformerAndReadsARowWithoutTheRest) {
  TableOnDisk big(32768, 4096);  // 256 MB, nearly all of it a hole
  big.set(17, 1.5F);
  big.set(32767, -2);
  const std::size_t before = resident();
  const TokenTable table = TokenTable::open(big.path());
  EXPECT_EQ(table.n_rows(), 32768U);
  EXPECT_EQ(table.row(17), std::vector<float>(4096, 1.5F));
  EXPECT_EQ(table.row(32767), std::vector<float>(4096, -2.0F));
  // Two rows are 16 KB; the system reads around them. A copy of the table would be 256 MB or more.
  EXPECT_LT(resident(), before + (std::size_t{8} << 20));
}

TEST(TokenTable, GivesTheMemoryOfASearchBack) {
  TableOnDisk big(32768, 4096);
  big.set(17, 1.5F);
  big.set(20000, 3);
  const TokenTable table = TokenTable::open(big.path());
  Context context(2);
  const std::size_t before = resident();
  const auto near = table.nearest(table.row(17), {.k = 2, .metric = Metric::dot}, context);
  EXPECT_EQ(near[0].row, 20000U);
  EXPECT_EQ(near[1].row, 17U);
  EXPECT_LT(resident(), before + (std::size_t{32} << 20));
}

TEST(TokenTable, FindsWordsOfLikeMeaningInTheDefaultModel) {
  const TokenTable table = TokenTable::open(default_model());
  Context context(2);
  const auto id = token_id_from(table.tokenizer(), "bank", table.n_rows());
  const auto near = table.nearest(table.row(static_cast<std::size_t>(id)), {.k = 5, .excluded = {static_cast<std::uint64_t>(id)}}, context);
  std::vector<std::string> pieces;
  for (const NearRow& row : near) pieces.push_back(table.tokenizer().piece(static_cast<std::int32_t>(row.row)));
  EXPECT_NE(std::ranges::find(pieces, "banks"), pieces.end()) << ::testing::PrintToString(pieces);
  EXPECT_NE(std::ranges::find(pieces, "banking"), pieces.end()) << ::testing::PrintToString(pieces);
}

TEST(TokenTable, UnderstandsIdsWordsAndPieces) {
  const TokenTable table = TokenTable::open(default_model());
  const Tokenizer& tokenizer = table.tokenizer();
  EXPECT_EQ(token_id_from(tokenizer, "2924", table.n_rows()), 2924);
  EXPECT_EQ(tokenizer.piece(token_id_from(tokenizer, "Bank", table.n_rows())), "bank");
  EXPECT_EQ(tokenizer.piece(token_id_from(tokenizer, "##ing", table.n_rows())), "##ing");
  expect_error(ErrorCode::invalid_argument, "there is no token 30522: the embedding table has 30522 rows",
               [&] { (void)token_id_from(tokenizer, "30522", table.n_rows()); });
  expect_error(ErrorCode::invalid_argument, "there is no token 99999999999",
               [&] { (void)token_id_from(tokenizer, "99999999999", table.n_rows()); });
  expect_error(ErrorCode::invalid_argument, "is not one token of this model, its pieces are 'un', '##bel'",
               [&] { (void)token_id_from(tokenizer, "unbelievably", table.n_rows()); });
  expect_error(ErrorCode::invalid_argument, "its pieces are none", [&] { (void)token_id_from(tokenizer, "", table.n_rows()); });
}

TEST(TokenTable, OpensStaticModelsWhoseTokensHaveARowEach) {
  const TokenTable table = TokenTable::open(golden::path("sentence-transformers/static-embedding"));
  const Embedder embedder = [] {
    Context context(1);
    return Embedder::load(golden::path("sentence-transformers/static-embedding"), {}, context);
  }();
  EXPECT_EQ(table.n_rows(), embedder.info().vocabulary_size);
  EXPECT_EQ(table.dim(), embedder.info().dim);
  EXPECT_EQ(table.max_tokens(), embedder.max_tokens());
  EXPECT_FALSE(table.is_tied());
  const std::int32_t id = table.tokenizer().encode("the", {.special_tokens = false}).ids.at(0);
  Context context(1);
  EXPECT_EQ(table.row(static_cast<std::size_t>(id)), embedder.embed_one("the", TextRole::plain, context));
}

TEST(TokenTable, SaysWhatIsWrongWithAFolder) {
  const golden::ModelCopy copy("models/bert");
  const auto opening = [&] { (void)TokenTable::open(copy.path()); };
  copy.edit_json("config.json", [](auto& config) { config["vocab_size"] = 7; });
  expect_error(ErrorCode::mismatch, "embeddings.word_embeddings.weight", opening);
  copy.edit_json("config.json", [](auto& config) { config["model_type"] = "perceiver"; });
  expect_error(ErrorCode::unsupported, "perceiver", opening);
  std::filesystem::remove(copy.path() / "config.json");
  expect_error(ErrorCode::not_found, "no config.json", opening);
  expect_error(ErrorCode::not_found, "no such model", [] { (void)TokenTable::open("nowhere.gguf"); });
}

}  // namespace
}  // namespace akin
