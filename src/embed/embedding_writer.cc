#include "akin/embed/embedding_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "akin/base/atomic_file.h"
#include "akin/base/half.h"
#include "akin/formats/vector_file.h"

namespace akin {
namespace {

using nlohmann::json;
constexpr std::array<std::string_view, 4> kCodeNames = {"f32", "f16", "i8", "bit"};
constexpr std::array<std::string_view, 3> kRoleNames = {"plain", "query", "document"};

std::size_t n_codes(VectorCode code, std::size_t dim) { return code == VectorCode::bit ? (dim + 7) / 8 : dim; }

TensorType tensor_type(VectorCode code) {
  constexpr std::array<TensorType, 4> kTypes = {TensorType::f32, TensorType::f16, TensorType::i8, TensorType::u8};
  return kTypes[static_cast<std::size_t>(code)];
}

json describe(VectorCode code, const EmbeddingOrigin& origin) {
  return {{"model", origin.model},
          {"fingerprint", origin.fingerprint},
          {"role", kRoleNames[static_cast<std::size_t>(origin.role)]},
          {"dim", origin.dim},
          {"code", name_of(code)}};
}

void append_number(std::string& out, float value) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

}  // namespace

std::string_view name_of(VectorCode code) noexcept { return kCodeNames[static_cast<std::size_t>(code)]; }

VectorCode vector_code_from(std::string_view name) {
  const auto found = std::find(kCodeNames.begin(), kCodeNames.end(), name);
  if (found == kCodeNames.end())
    throw Error(ErrorCode::invalid_argument, "no vector type '" + std::string(name) + "'; known are f32, f16, i8, bit");
  return static_cast<VectorCode>(found - kCodeNames.begin());
}

void quantize_i8(std::span<const float> vector, std::span<std::int8_t> out) noexcept {
  AKIN_DCHECK(out.size() == vector.size());
  float largest = 0;
  for (const float value : vector) largest = std::max(largest, std::abs(value));
  const float scale = largest > 0 ? 127.0F / largest : 0.0F;
  for (std::size_t i = 0; i < vector.size(); ++i)
    out[i] = static_cast<std::int8_t>(std::clamp(std::nearbyint(vector[i] * scale), -127.0F, 127.0F));
}

void pack_bits(std::span<const float> vector, std::span<std::uint8_t> out) noexcept {
  AKIN_DCHECK(out.size() == (vector.size() + 7) / 8);
  std::fill(out.begin(), out.end(), std::uint8_t{0});
  for (std::size_t i = 0; i < vector.size(); ++i)
    if (vector[i] > 0) out[i / 8] = static_cast<std::uint8_t>(out[i / 8] | (0x80U >> (i % 8)));
}

std::string numbers_text(std::span<const float> vector, VectorCode code) {
  std::string out;
  if (code == VectorCode::i8) {
    std::vector<std::int8_t> codes(vector.size());
    quantize_i8(vector, codes);
    for (const std::int8_t c : codes) out += (out.empty() ? "" : ",") + std::to_string(c);
  } else if (code == VectorCode::bit) {
    std::vector<std::uint8_t> codes(n_codes(code, vector.size()));
    pack_bits(vector, codes);
    for (const std::uint8_t c : codes) out += (out.empty() ? "" : ",") + std::to_string(c);
  } else {
    for (const float value : vector) {
      if (!out.empty()) out += ',';
      append_number(out, code == VectorCode::f16 ? to_float(to_f16(value)) : value);
    }
  }
  return out;
}

/// One file format: rows in, a whole file at commit().
struct EmbeddingWriter::Format {
  virtual ~Format() = default;
  virtual void append(std::span<const std::string> texts, const EmbedResult& result) = 0;
  virtual void commit() = 0;
};

namespace {

// .npy, .fvecs, .bvecs, .safetensors.
class BinaryFormat : public EmbeddingWriter::Format {
 public:
  BinaryFormat(const std::filesystem::path& path, VectorCode code, const EmbeddingOrigin& origin)
      : path_(path), code_(code), about_(describe(code, origin)), writer_(path, tensor_type(code), n_codes(code, origin.dim), metadata()) {}

  void append(std::span<const std::string>, const EmbedResult& result) override {
    if (code_ == VectorCode::f32 || code_ == VectorCode::f16) return writer_.append(result.vectors.view());
    for (std::size_t r = 0; r < result.vectors.rows(); ++r) {
      const std::span<const float> row = result.vectors.row(r);
      if (code_ == VectorCode::i8) {
        signed_.resize(row.size());
        quantize_i8(row, signed_);
        writer_.append(std::as_bytes(std::span(signed_)));
      } else {
        packed_.resize(n_codes(code_, row.size()));
        pack_bits(row, packed_);
        writer_.append(std::as_bytes(std::span(packed_)));
      }
    }
  }

  void commit() override {
    // First, so that a disk that is full leaves no description of vectors that are not there.
    writer_.commit();
    if (path_.extension() == ".safetensors") return;
    AtomicFile sidecar(path_.string() + ".json");
    sidecar.write(about_.dump(2) + "\n");
    sidecar.commit();
  }

 private:
  [[nodiscard]] VectorMetadata metadata() const {
    VectorMetadata map;
    for (const auto& [key, value] : about_.items()) map[key] = value.is_string() ? value.get<std::string>() : value.dump();
    return map;
  }

  std::filesystem::path path_;
  VectorCode code_;
  json about_;
  VectorWriter writer_;
  std::vector<std::int8_t> signed_;
  std::vector<std::uint8_t> packed_;
};

// .jsonl: one self-describing record a text.
class JsonLinesFormat : public EmbeddingWriter::Format {
 public:
  JsonLinesFormat(const std::filesystem::path& path, VectorCode code, const EmbeddingOrigin& origin)
      : file_(path), code_(code), about_(describe(code, origin)) {}

  void append(std::span<const std::string> texts, const EmbedResult& result) override {
    for (std::size_t r = 0; r < texts.size(); ++r) {
      json record = about_;
      record["text"] = texts[r];
      record["n_tokens"] = result.reports[r].n_tokens;
      record["n_tokens_dropped"] = result.reports[r].n_tokens_dropped;
      std::string line = record.dump(-1, ' ', false, json::error_handler_t::replace);
      line.pop_back();
      line += ",\"vector\":[" + numbers_text(result.vectors.row(r), code_) + "]}\n";
      file_.write(line);
    }
  }
  void commit() override { file_.commit(); }

 private:
  AtomicFile file_;
  VectorCode code_;
  json about_;
};

// .csv: one row of numbers a text, no header; what it is stands in the sidecar.
class CsvFormat : public EmbeddingWriter::Format {
 public:
  CsvFormat(const std::filesystem::path& path, VectorCode code, const EmbeddingOrigin& origin)
      : path_(path), file_(path), code_(code), about_(describe(code, origin)) {}

  void append(std::span<const std::string>, const EmbedResult& result) override {
    for (std::size_t r = 0; r < result.vectors.rows(); ++r) file_.write(numbers_text(result.vectors.row(r), code_) + "\n");
  }
  void commit() override {
    file_.commit();
    AtomicFile sidecar(path_.string() + ".json");
    sidecar.write(about_.dump(2) + "\n");
    sidecar.commit();
  }

 private:
  std::filesystem::path path_;
  AtomicFile file_;
  VectorCode code_;
  json about_;
};

}  // namespace

EmbeddingWriter::EmbeddingWriter(const std::filesystem::path& path, VectorCode code, const EmbeddingOrigin& origin) {
  const std::string ending = path.extension().string();
  if (ending == ".jsonl") {
    format_ = std::make_unique<JsonLinesFormat>(path, code, origin);
  } else if (ending == ".csv") {
    format_ = std::make_unique<CsvFormat>(path, code, origin);
  } else if (ending == ".npy" || ending == ".fvecs" || ending == ".bvecs" || ending == ".safetensors") {
    format_ = std::make_unique<BinaryFormat>(path, code, origin);
  } else {
    throw Error(ErrorCode::invalid_argument,
                "'" + path.string() + "': no vector file ends like that; known are .npy, .safetensors, .fvecs, .bvecs, .jsonl, .csv");
  }
}

EmbeddingWriter::~EmbeddingWriter() = default;
EmbeddingWriter::EmbeddingWriter(EmbeddingWriter&&) noexcept = default;
EmbeddingWriter& EmbeddingWriter::operator=(EmbeddingWriter&&) noexcept = default;

void EmbeddingWriter::append(std::span<const std::string> texts, const EmbedResult& result) {
  require(texts.size() == result.vectors.rows() && texts.size() == result.reports.size(), "as many texts as vectors are written");
  format_->append(texts, result);
}

void EmbeddingWriter::commit() { format_->commit(); }

}  // namespace akin
