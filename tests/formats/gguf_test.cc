#include "akin/formats/gguf.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "base/temporary_folder.h"
#include "base/throws.h"
#include "formats/mangle.h"
#include "ggml_types.h"

namespace akin {
namespace {

using testing::bytes_of;
using testing::expect_error;
using testing::file_text;

const std::string kPlain = AKIN_GOLDEN "/formats/plain.gguf";

std::vector<float> row(const TensorView& tensor, std::size_t r) {
  std::vector<float> out(tensor.shape.back());
  tensor.row_to_float(r, out);
  return out;
}

/// Builds a header byte by byte, for files that lie.
class Bytes {
 public:
  Bytes(std::uint32_t version, std::uint64_t n_tensors, std::uint64_t n_entries) : text_("GGUF") {
    put(version).put(n_tensors).put(n_entries);
  }
  template <class T>
  Bytes& put(T value) {
    text_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  Bytes& string(const std::string& text) {
    put<std::uint64_t>(text.size());
    text_ += text;
    return *this;
  }
  Bytes& key(const std::string& name, GgufType type) { return string(name).put(static_cast<std::uint32_t>(type)); }
  Bytes& tensor(const std::string& name, std::vector<std::uint64_t> dims, std::uint32_t type, std::uint64_t offset) {
    string(name).put(static_cast<std::uint32_t>(dims.size()));
    for (const std::uint64_t d : dims) put(d);
    return put(type).put(offset);
  }
  Bytes& data(std::size_t n) {
    text_.append((32 - text_.size() % 32) % 32, '\0');
    text_.append(n, '\x3F');
    return *this;
  }
  [[nodiscard]] const std::string& text() const { return text_; }
  GgufFile open() const { return {bytes_of(text_), "x.gguf"}; }

 private:
  std::string text_;
};

TEST(Gguf, ReadsTheMetadataThatTheReferenceWrites) {
  const GgufFile file(kPlain);
  EXPECT_EQ(file.version(), 3U);
  EXPECT_EQ(file.string("general.architecture"), "bert");
  EXPECT_EQ(file.integer("t.u8"), 200);
  EXPECT_EQ(file.integer("t.i8"), -100);
  EXPECT_EQ(file.integer("t.u16"), 60000);
  EXPECT_EQ(file.integer("t.i16"), -30000);
  EXPECT_EQ(file.integer("t.u32"), 4000000000);
  EXPECT_EQ(file.integer("t.i32"), -2000000000);
  EXPECT_EQ(file.integer("t.i64"), -(std::int64_t{1} << 62));
  EXPECT_EQ(file.number("t.f32"), 0.5);
  EXPECT_EQ(file.number("t.f64"), 0.1);
  EXPECT_EQ(file.number("t.u8"), 200);
  EXPECT_TRUE(file.boolean("t.yes"));
  EXPECT_EQ(file.strings("t.words"), (std::vector<std::string_view>{"[PAD]", "", "▁the", "größe"}));
  EXPECT_EQ(file.integers("t.ids"), (std::vector<std::int64_t>{1, -2, 3}));
  EXPECT_EQ(file.numbers("t.scores"), (std::vector<float>{0.5F, -1.25F}));
  EXPECT_EQ(file.metadata()[0].key, "general.architecture");
}

TEST(Gguf, ReadsArraysInArrays) {
  const GgufFile file(kPlain);
  const GgufValue* nested = file.value("t.nested");
  ASSERT_NE(nested, nullptr);
  const auto rows = nested->elements();
  ASSERT_EQ(rows.size(), 2U);
  ASSERT_EQ(rows[0].elements().size(), 2U);
  EXPECT_EQ(rows[0].elements()[1].as_integer(), 2);
  EXPECT_EQ(rows[1].elements()[0].as_integer(), 3);
  EXPECT_TRUE(rows[1].elements()[0].elements().empty());
}

TEST(Gguf, ReadsTheTensorsThatTheReferenceWrites) {
  const GgufFile file(kPlain);
  const TensorView* weight = file.find("weight");
  ASSERT_NE(weight, nullptr);
  EXPECT_EQ(weight->shape, (std::vector<std::size_t>{3, 4}));
  EXPECT_EQ(row(*weight, 1), (std::vector<float>{0, 0.125F, 0.25F, 0.375F}));
  EXPECT_EQ(row(*file.find("half"), 1)[0], 3.5F);
  EXPECT_EQ(row(*file.find("brain"), 1)[31], 7.375F);
  const TensorView* packed = file.find("packed");
  EXPECT_EQ(packed->type, TensorType::q8_0);
  EXPECT_EQ(packed->shape, (std::vector<std::size_t>{6, 64}));
  const std::string golden = file_text(AKIN_GOLDEN "/formats/q8_0.bytes");
  ASSERT_EQ(packed->bytes.size(), golden.size());
  EXPECT_EQ(std::memcmp(packed->bytes.data(), golden.data(), golden.size()), 0);
}

TEST(Gguf, ReadsBlocksOfFourBits) {
  const GgufFile file(kPlain);
  const TensorView* four_bits = file.find("four_bits");
  ASSERT_NE(four_bits, nullptr);
  EXPECT_EQ(four_bits->type, TensorType::q4_0);
  EXPECT_EQ(row(*four_bits, 0)[0], -0.421875F);  // steps of 27 / 64: −0.5 is nearest to one
  EXPECT_TRUE(file.unread().empty());
}

TEST(Gguf, ListsATypeItDoesNotReadAndRefusesItWhenAsked) {
  const GgufFile file(std::filesystem::path(AKIN_GOLDEN "/formats/blocks.gguf"));
  ASSERT_EQ(file.unread().size(), 2U);
  EXPECT_EQ(file.unread()[0].type, "IQ2_XXS");
  EXPECT_EQ(file.unread()[0].shape, (std::vector<std::size_t>{1, 256}));
  expect_error(ErrorCode::unsupported, "tensor 'IQ2_XXS' has type IQ2_XXS", [&] { static_cast<void>(file.find("IQ2_XXS")); });
  EXPECT_EQ(file.find("nothing"), nullptr);
}

TEST(Gguf, NamesFileKeyWantedAndFound) {
  const GgufFile file(kPlain);
  expect_error(ErrorCode::not_found, "plain.gguf: no metadata 't.none', a string is wanted", [&] { return file.string("t.none"); });
  expect_error(ErrorCode::corrupt, "plain.gguf: metadata 't.f32' should be an integer, it is f32", [&] { return file.integer("t.f32"); });
  expect_error(ErrorCode::corrupt, "should be a string, it is array of 4 string", [&] { return file.string("t.words"); });
  expect_error(ErrorCode::corrupt, "should be an array of strings, it is string", [&] { return file.strings("general.name"); });
  expect_error(ErrorCode::corrupt, "should be an array of strings, it is i32", [&] { return file.strings("t.ids"); });
  expect_error(ErrorCode::corrupt, "should be an integer, it is u64", [&] { return file.integer("t.u64"); });
  expect_error(ErrorCode::corrupt, "should be a boolean, it is u8", [&] { return file.boolean("t.u8"); });
}

TEST(Gguf, GivesAValueForAMissingKeyOnlyForAMissingOne) {
  const GgufFile file(kPlain);
  EXPECT_EQ(file.integer("t.none", 7), 7);
  EXPECT_EQ(file.string("t.none", "x"), "x");
  EXPECT_EQ(file.number("t.none", 0.5), 0.5);
  EXPECT_TRUE(file.boolean("t.none", true));
  EXPECT_EQ(file.integer("t.u8", 7), 200);
  expect_error(ErrorCode::corrupt, "should be an integer", [&] { return file.integer("general.name", 7); });
}

TEST(Gguf, StaysValidWhenMoved) {
  GgufFile file(kPlain);
  const TensorView* weight = file.find("weight");
  const GgufFile moved = std::move(file);
  EXPECT_EQ(moved.find("weight"), weight);
  EXPECT_EQ(row(*weight, 0)[0], -0.5F);
  EXPECT_EQ(moved.path(), kPlain);
}

TEST(Gguf, RefusesOtherVersionsWithAClearLine) {
  expect_error(ErrorCode::unsupported, "big-endian", [] { Bytes(0x03000000, 0, 0).open(); });
  expect_error(ErrorCode::unsupported, "version 1", [] { Bytes(1, 0, 0).open(); });
  expect_error(ErrorCode::unsupported, "version 4", [] { Bytes(4, 0, 0).open(); });
  expect_error(ErrorCode::corrupt, "version 0", [] { Bytes(0, 0, 0).open(); });
  expect_error(ErrorCode::corrupt, "does not start with 'GGUF'", [] { GgufFile(bytes_of("\x1F\x8B\x08 gzip, not GGUF"), "x"); });
  EXPECT_EQ(Bytes(2, 0, 0).open().version(), 2U);
}

TEST(Gguf, RefusesCountsThatCannotFitBeforeItAllocates) {
  constexpr std::uint64_t kHuge = ~std::uint64_t{0};
  expect_error(ErrorCode::corrupt, "the number of tensors is 18446744073709551615", [] { Bytes(3, kHuge, 0).open(); });
  expect_error(ErrorCode::corrupt, "the number of metadata entries", [] { Bytes(3, 0, 1U << 30).open(); });
  expect_error(ErrorCode::corrupt, "takes 18446744073709551615 bytes",
               [] { Bytes(3, 0, 1).put<std::uint64_t>(kHuge).put<std::uint64_t>(0).open(); });
  for (const GgufType element : {GgufType::u8, GgufType::f64, GgufType::string, GgufType::array})
    expect_error(ErrorCode::corrupt, "the number of an array's elements", [&] {
      Bytes(3, 0, 1).key("k", GgufType::array).put(static_cast<std::uint32_t>(element)).put<std::uint64_t>(1U << 30).open();
    });
}

TEST(Gguf, RefusesMetadataThatBreaksTheRules) {
  expect_error(ErrorCode::corrupt, "metadata type 13 is unknown", [] { Bytes(3, 0, 1).string("k").put(13).put(0).open(); });
  expect_error(ErrorCode::corrupt, "neither 0 nor 1", [] { Bytes(3, 0, 1).key("k", GgufType::boolean).put('\2').open(); });
  expect_error(ErrorCode::corrupt, "key 'k' is there twice",
               [] { Bytes(3, 0, 2).key("k", GgufType::u32).put(1).key("k", GgufType::u32).put(1).open(); });
  expect_error(ErrorCode::corrupt, "u32 is wanted, i32 is there",
               [] { Bytes(3, 0, 1).key("general.alignment", GgufType::i32).put(32).open(); });
  for (const std::uint32_t alignment : {0U, 24U, ~0U})
    expect_error(ErrorCode::corrupt, "not a power of two",
                 [&] { Bytes(3, 0, 1).key("general.alignment", GgufType::u32).put(alignment).open(); });
}

// The header of a llama.cpp vocabulary whose bytes over 0x7F that were not UTF-8 became EF BF BD: the float 1e-05 (AC C5 27 37) is now
// eight bytes long, and so the next key is read at the wrong place.
TEST(Gguf, SaysThatAFileWentThroughATextDecoder) {
  Bytes damaged(3, 0, 4);
  damaged.key("general.architecture", GgufType::string).string("phi3");
  damaged.key("phi3.context_length", GgufType::u32).put(4096);
  damaged.key("phi3.attention.layer_norm_rms_epsilon", GgufType::f32);
  for (const char byte : std::string("\xEF\xBF\xBD\xEF\xBF\xBD"
                                     "\x27\x37"))
    damaged.put(byte);
  damaged.key("tokenizer.ggml.model", GgufType::string).string("llama");
  expect_error(ErrorCode::corrupt, "replaced by U+FFFD, as if it had been saved as text", [&] { damaged.open(); });
}

TEST(Gguf, IsNotDrownedByArraysInArrays) {
  Bytes bytes(3, 0, 1);
  bytes.key("k", GgufType::array);
  for (int i = 0; i < 100'000; ++i) bytes.put(static_cast<std::uint32_t>(GgufType::array)).put<std::uint64_t>(1);
  expect_error(ErrorCode::corrupt, "nested more than 8 deep", [&] { bytes.open(); });
}

TEST(Gguf, RefusesTensorsThatBreakTheRules) {
  constexpr std::uint32_t kF32 = 0;
  constexpr std::uint32_t kQ8 = 8;
  const auto one = [](std::vector<std::uint64_t> dims, std::uint32_t type, std::uint64_t offset) {
    return Bytes(3, 1, 0).tensor("w", std::move(dims), type, offset).data(64);
  };
  EXPECT_EQ(row(*one({4, 4}, kF32, 0).open().find("w"), 3).size(), 4U);
  expect_error(ErrorCode::corrupt, "wants 68 bytes at offset 0 of the data, which has 64", [&] { one({17}, kF32, 0).open(); });
  expect_error(ErrorCode::corrupt, "at offset 64", [&] { one({4}, kF32, 64).open(); });
  expect_error(ErrorCode::corrupt, "which has 64", [&] { one({4}, kF32, std::uint64_t{1} << 62).open(); });
  expect_error(ErrorCode::corrupt, "offset 8, not a multiple of 32", [&] { one({4}, kF32, 8).open(); });
  expect_error(ErrorCode::corrupt, "5 dimensions", [&] { one({1, 1, 1, 1, 1}, kF32, 0).open(); });
  expect_error(ErrorCode::corrupt, "product overflows", [&] { one({1ULL << 32, 1ULL << 32}, kF32, 0).open(); });
  expect_error(ErrorCode::corrupt, "product overflows", [&] { one({~0ULL}, kF32, 0).open(); });
  expect_error(ErrorCode::corrupt, "larger than any memory", [&] { one({1ULL << 62}, kF32, 0).open(); });
  expect_error(ErrorCode::corrupt, "rows of 33 numbers, Q8_0 wants a multiple of 32", [&] { one({33}, kQ8, 0).open(); });
  expect_error(ErrorCode::corrupt, "'b' lies over tensor 'a'",
               [&] { Bytes(3, 2, 0).tensor("a", {16}, kF32, 0).tensor("b", {8}, kF32, 32).data(64).open(); });
  expect_error(ErrorCode::corrupt, "tensor 'a' is there twice",
               [&] { Bytes(3, 2, 0).tensor("a", {8}, kF32, 0).tensor("a", {8}, kF32, 32).data(64).open(); });
}

TEST(Gguf, TakesUnknownTensorTypesScalarsAndEmptyTensors) {
  const GgufFile file = Bytes(3, 3, 0).tensor("future", {4}, 77, 0).tensor("scalar", {}, 0, 32).tensor("none", {0}, 0, 64).data(64).open();
  expect_error(ErrorCode::unsupported, "tensor 'future' has type number 77", [&] { static_cast<void>(file.find("future")); });
  EXPECT_EQ(file.find("scalar")->size(), 1U);
  EXPECT_EQ(file.find("none")->size(), 0U);
}

TEST(Gguf, HonoursItsAlignment) {
  const std::string text =
      Bytes(3, 2, 1).key("general.alignment", GgufType::u32).put(8U).tensor("a", {2}, 0, 0).tensor("b", {2}, 0, 8).text();
  const std::string padded = text + std::string((8 - text.size() % 8) % 8, '\0') + std::string(16, '\1');
  EXPECT_EQ(GgufFile(bytes_of(padded), "x").find("b")->bytes.size(), 8U);
}

TEST(Gguf, SurvivesEveryTruncationAndBitFlip) {
  const std::string good = file_text(kPlain);
  const auto read = [](std::span<const std::byte> bytes) {
    const GgufFile file(bytes, "x");
    for (const GgufEntry& entry : file.metadata())
      for (const GgufValue& element : entry.value.elements()) static_cast<void>(element.describe());
    for (const TensorView& tensor : file.tensors()) {
      if (tensor.size() == 0) continue;
      std::vector<float> out(tensor.shape.empty() ? 1 : tensor.shape.back());
      tensor.row_to_float(tensor.size() / out.size() - 1, out);
    }
  };
  EXPECT_TRUE(testing::is_read(good, read));
  // The reference pads the last tensor, so that only the shorter files that end in the padding are whole.
  EXPECT_LT(testing::count_read_truncated(good, read), 32U);
  EXPECT_GT(testing::count_refused_flips(good, read), 1000U);
}

TEST(GgmlTypes, AgreeWithOurOwnSizes) {
  for (const GgmlType& type : kGgmlTypes) {
    ASSERT_EQ(ggml_type(type.id), &type);
    if (type.read_as) {
      EXPECT_EQ(byte_size(*type.read_as, type.block), type.bytes) << type.name;
    }
  }
  EXPECT_EQ(ggml_type(4), nullptr);
}

}  // namespace
}  // namespace akin
