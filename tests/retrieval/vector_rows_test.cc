#include "akin/retrieval/vector_rows.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "akin/base/error.h"
#include "akin/base/matrix.h"
#include "akin/formats/vector_file.h"
#include "base/throws.h"
#include "temporary_files.h"

namespace akin {
namespace {

using akin::testing::expect_error;

std::vector<VectorRow> read_all(const VectorRowFiles& files) {
  const auto rows = open_vector_rows(files);
  std::vector<VectorRow> out;
  for (VectorRow row; rows->next(row);) out.push_back(row);
  return out;
}

class VectorRowsTest : public ::testing::Test {
 protected:
  std::filesystem::path file(const std::string& name, const std::string& content) {
    files_.write(name, content);
    return files_.folder() / name;
  }
  std::filesystem::path matrix(const std::string& name, const VectorMetadata& about = {}) {
    Matrix<float> vectors(3, 2);
    for (std::size_t r = 0; r < 3; ++r) vectors(r, 0) = static_cast<float>(r), vectors(r, 1) = -1;
    VectorWriter writer(files_.folder() / name, TensorType::f32, 2, about);
    writer.append(std::as_const(vectors).view());
    writer.commit();
    return files_.folder() / name;
  }

  TemporaryFiles files_;
};

TEST_F(VectorRowsTest, ReadsLinesWithAllThatGoesWithThem) {
  const auto rows = read_all(
      {file("a.jsonl",
            "{\"id\": \"x\", \"vector\": [1, 2.5], \"text\": \"Lamps.\", \"year\": 1999, \"metadata\": {\"by\": \"me\"}, \"list\": [1]}\n"
            "\n"
            "{\"embedding\": [0, -1e3], \"id\": 7}\r\n"),
       {},
       {}});
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].id, "x");
  EXPECT_EQ(rows[0].text, "Lamps.");
  EXPECT_EQ(rows[0].vector, (std::vector<float>{1, 2.5F}));
  EXPECT_EQ(rows[0].metadata, (std::vector<std::pair<std::string, std::string>>{{"by", "me"}, {"year", "1999"}}));
  EXPECT_EQ(rows[1].id, "7");
  EXPECT_EQ(rows[1].vector, (std::vector<float>{0, -1000}));
}

TEST_F(VectorRowsTest, RefusesBrokenLinesNamingThem) {
  struct Case {
    const char* line;
    ErrorCode code;
    const char* says;
  };
  for (const Case& broken :
       {Case{"{\"vector\": [1, 2]", ErrorCode::corrupt, "line 2: is not JSON"}, Case{"[1, 2]", ErrorCode::corrupt, "line 2"},
        Case{"{\"id\": 1}", ErrorCode::corrupt, "no array 'vector'"}, Case{"{\"vector\": 3}", ErrorCode::corrupt, "no array"},
        Case{"{\"vector\": [1, \"2\"]}", ErrorCode::corrupt, "no number"}, Case{"{\"vector\": [1, null]}", ErrorCode::corrupt, "no number"},
        Case{"{\"vector\": [1, 1e60]}", ErrorCode::corrupt, "not finite"}}) {
    const auto path = file("b.jsonl", "{\"vector\": [1, 2]}\n" + std::string(broken.line) + "\n");
    expect_error(broken.code, broken.says, [&] { read_all({path, {}, {}}); });
  }
  const auto deep = file("deep.jsonl", "{\"vector\": [1], \"a\": " + std::string(100'000, '[') + std::string(100'000, ']') + "}\n");
  expect_error(ErrorCode::limit, "64 levels", [&] { read_all({deep, {}, {}}); });
  expect_error(ErrorCode::invalid_argument, "no vectors", [&] { read_all({file("empty.jsonl", ""), {}, {}}); });
  expect_error(ErrorCode::invalid_argument, "known are .npy", [&] { read_all({file("a.txt", "1 2"), {}, {}}); });
  expect_error(ErrorCode::not_found, "none.jsonl", [&] { read_all({files_.folder() / "none.jsonl", {}, {}}); });
}

TEST_F(VectorRowsTest, ReadsMatricesWithFilesBesideThem) {
  for (const char* name : {"a.npy", "a.fvecs", "a.safetensors"}) {
    const auto rows = read_all({matrix(name), file("ids.txt", "first\nsecond\nthird"),
                                file("meta.jsonl", "{\"text\": \"One.\", \"n\": 1}\n{}\n{\"n\": \"three\"}\n")});
    ASSERT_EQ(rows.size(), 3U) << name;
    EXPECT_EQ(rows[2].vector, (std::vector<float>{2, -1}));
    EXPECT_EQ(rows[1].id, "second");
    EXPECT_EQ(rows[0].text, "One.");
    EXPECT_EQ(rows[0].metadata, (std::vector<std::pair<std::string, std::string>>{{"n", "1"}}));
    EXPECT_EQ(rows[2].metadata, (std::vector<std::pair<std::string, std::string>>{{"n", "three"}}));
  }
}

TEST_F(VectorRowsTest, WantsAsManyIdsAndMetadataAsRows) {
  const auto vectors = matrix("a.npy");
  expect_error(ErrorCode::invalid_argument, "has 2 lines", [&] { read_all({vectors, file("ids.txt", "a\nb\n"), {}}); });
  expect_error(ErrorCode::invalid_argument, "has 4 lines", [&] { read_all({vectors, {}, file("m.jsonl", "{}\n{}\n{}\n{}")}); });
  expect_error(ErrorCode::invalid_argument, "in its lines", [&] {
    read_all({file("a.jsonl", "{\"vector\": [1]}"), file("ids.txt", "a"), {}});
  });
}

TEST_F(VectorRowsTest, RefusesNumbersThatAreNotFinite) {
  Matrix<float> vectors(1, 1);
  vectors(0, 0) = std::nanf("");
  VectorWriter writer(files_.folder() / "nan.npy", TensorType::f32, 1);
  writer.append(std::as_const(vectors).view());
  writer.commit();
  expect_error(ErrorCode::corrupt, "row 0: holds a number that is not finite", [&] { read_all({files_.folder() / "nan.npy", {}, {}}); });
}

TEST_F(VectorRowsTest, TellsWhatFilesSayOfTheirSpace) {
  EXPECT_EQ(open_vector_rows({matrix("a.safetensors", {{"model", "m"}, {"fingerprint", "f"}, {"metric", "dot"}}), {}, {}})->claim().metric,
            "dot");
  const auto npy = matrix("a.npy");
  EXPECT_EQ(open_vector_rows({npy, {}, {}})->claim().fingerprint, "");
  file("a.npy.json", "{\"model\": \"m\", \"fingerprint\": \"f\"}");
  EXPECT_EQ(open_vector_rows({npy, {}, {}})->claim().fingerprint, "f");
  EXPECT_EQ(open_vector_rows({file("b.jsonl", "{\"vector\": [1], \"fingerprint\": \"g\", \"model\": \"m\"}"), {}, {}})->claim().fingerprint,
            "g");
  expect_error(ErrorCode::unsupported, "codes of type i8", [&] { open_vector_rows({matrix("c.safetensors", {{"code", "i8"}}), {}, {}}); });
  expect_error(ErrorCode::unsupported, "codes of type bit", [&] {
    open_vector_rows({file("c.jsonl", "{\"vector\": [1], \"code\": \"bit\"}"), {}, {}});
  });
}

}  // namespace
}  // namespace akin
