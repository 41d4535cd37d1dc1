// The folder of a static model, as Model2Vec and sentence-transformers read it. Tested by distill_test.cc.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "akin/base/error.h"
#include "akin/formats/safetensors.h"
#include "akin/kernels/convert.h"
#include "akin/train/distill.h"
#include "write_text.h"

namespace akin {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;
using train::write_text;

struct StaticTypeName {
  std::string_view name, numpy;
  StaticType type;
  TensorType tensor;
};
constexpr StaticTypeName kTypes[] = {{"f32", "float32", StaticType::f32, TensorType::f32},
                                     {"f16", "float16", StaticType::f16, TensorType::f16},
                                     {"i8", "int8", StaticType::i8, TensorType::i8}};

const StaticTypeName& row_of(StaticType type) {
  return *std::find_if(std::begin(kTypes), std::end(kTypes), [&](const StaticTypeName& row) { return row.type == type; });
}

template <class T>
void append(std::vector<std::byte>& out, std::span<const T> numbers) {
  const auto bytes = std::as_bytes(numbers);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

std::vector<std::byte> encoded(MatrixView<const float> vectors, StaticType type) {
  float largest = 0;
  for (std::size_t r = 0; r < vectors.rows(); ++r) {
    for (const float x : vectors.row(r)) largest = std::max(largest, std::fabs(x));
  }
  const float scale = largest > 0 ? 127 / largest : 0;
  std::vector<std::byte> out;
  for (std::size_t r = 0; r < vectors.rows(); ++r) {
    const std::span<const float> row = vectors.row(r);
    if (type == StaticType::f32) {
      append(out, row);
    } else if (type == StaticType::f16) {
      std::vector<f16> halves(row.size());
      kernels::convert(row, std::span<f16>(halves));
      append(out, std::span<const f16>(halves));
    } else {
      for (const float x : row) out.push_back(static_cast<std::byte>(static_cast<std::int8_t>(std::lround(x * scale))));
    }
  }
  return out;
}

// Neither library shall cut a text: a mean has no limit.
std::string without_limits(const std::string& tokenizer_json) {
  Json json = Json::parse(tokenizer_json);
  json["truncation"] = nullptr;
  json["padding"] = nullptr;
  return json.dump();
}

}  // namespace

StaticType static_type_from(std::string_view name) {
  for (const StaticTypeName& row : kTypes) {
    if (row.name == name) return row.type;
  }
  throw Error(ErrorCode::invalid_argument, "'" + std::string(name) + "' is not one of f32, f16 or i8");
}

void write_static_model(const fs::path& folder, MatrixView<const float> vectors, const std::string& tokenizer_json, StaticType type,
                        const std::string& teacher_name) {
  fs::create_directories(folder);
  const StaticTypeName& row = row_of(type);
  const std::vector<std::byte> bytes = encoded(vectors, type);
  const TensorView tensor{.name = "embeddings", .type = row.tensor, .shape = {vectors.rows(), vectors.cols()}, .bytes = bytes};
  write_safetensors(folder / "model.safetensors", std::span(&tensor, 1), {{"format", "pt"}});
  write_text(folder / "tokenizer.json", without_limits(tokenizer_json));
  const Json config = {{"model_type", "model2vec"},      {"architectures", {"StaticModel"}},
                       {"tokenizer_name", teacher_name}, {"hidden_dim", vectors.cols()},
                       {"max_length", nullptr},          {"normalize", true},
                       {"embedding_dtype", row.numpy}};
  const Json modules = {{{"idx", 0}, {"name", "0"}, {"path", "."}, {"type", "sentence_transformers.models.StaticEmbedding"}},
                        {{"idx", 1}, {"name", "1"}, {"path", "1_Normalize"}, {"type", "sentence_transformers.models.Normalize"}}};
  write_text(folder / "modules.json", modules.dump(2) + "\n");
  write_text(folder / "config.json", config.dump(2) + "\n");
}

}  // namespace akin
