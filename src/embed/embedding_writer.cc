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
constexpr std::array<std::string_view, 6> kCodeNames = {"f32", "f16", "i8", "bit", "u8", "ibit"};
constexpr std::array<std::string_view, 3> kRoleNames = {"plain", "query", "document"};

bool is_binary(VectorCode code) { return code == VectorCode::bit || code == VectorCode::ibit; }
bool is_float(VectorCode code) { return code == VectorCode::f32 || code == VectorCode::f16; }
std::size_t n_codes(VectorCode code, std::size_t dim) { return is_binary(code) ? (dim + 7) / 8 : dim; }

TensorType tensor_type(VectorCode code) {
  constexpr std::array<TensorType, 6> kTypes = {TensorType::f32, TensorType::f16, TensorType::i8,
                                                TensorType::u8,  TensorType::u8,  TensorType::i8};
  return kTypes[static_cast<std::size_t>(code)];
}

std::filesystem::path ranges_file(const std::filesystem::path& file) { return file.string() + ".ranges.npy"; }

json describe(const std::filesystem::path& file, VectorCode code, const EmbeddingOrigin& origin) {
  json about = {{"model", origin.model},
                {"fingerprint", origin.fingerprint},
                {"role", kRoleNames[static_cast<std::size_t>(origin.role)]},
                {"dim", origin.dim},
                {"code", name_of(code)}};
  if (!origin.ranges.empty()) about["ranges"] = ranges_file(file).filename().string();
  return about;
}

/// The bytes of one vector in a code of 8 or 1 bits. Returns how many numbers were outside their range.
std::size_t encode(std::span<const float> vector, VectorCode code, const ValueRanges& ranges, std::vector<std::uint8_t>& out) {
  out.resize(n_codes(code, vector.size()));
  const std::span<std::int8_t> as_signed(reinterpret_cast<std::int8_t*>(out.data()), out.size());
  switch (code) {
    case VectorCode::u8:
      return ranges.quantize(vector, out);
    case VectorCode::i8:
      if (!ranges.empty()) return ranges.quantize(vector, as_signed);
      quantize_i8(vector, as_signed);
      return 0;
    default:
      pack_bits(vector, out);
      if (code == VectorCode::ibit) {
        for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(byte ^ 0x80U);  // minus 128, in two's complement
      }
      return 0;
  }
}

void check_ranges(VectorCode code, const EmbeddingOrigin& origin) {
  if (code == VectorCode::u8 && origin.ranges.empty()) {
    throw Error(ErrorCode::invalid_argument, "u8 codes need the ranges of the numbers");
  }
  if (!origin.ranges.empty() && (code != VectorCode::u8 && code != VectorCode::i8)) {
    throw Error(ErrorCode::invalid_argument, "ranges are for i8 and u8 codes, not for " + std::string(name_of(code)));
  }
  if (!origin.ranges.empty() && origin.ranges.dim() != origin.dim) {
    throw Error(ErrorCode::mismatch,
                "the ranges are of " + std::to_string(origin.ranges.dim()) + " dimensions, the vectors have " + std::to_string(origin.dim));
  }
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
    throw Error(ErrorCode::invalid_argument, "no vector type '" + std::string(name) + "'; known are f32, f16, i8, bit, u8, ibit");
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

std::string numbers_text(std::span<const float> vector, VectorCode code, const ValueRanges& ranges) {
  std::string out;
  if (is_float(code)) {
    for (const float value : vector) {
      if (!out.empty()) out += ',';
      append_number(out, code == VectorCode::f16 ? to_float(to_f16(value)) : value);
    }
    return out;
  }
  const bool is_signed = tensor_type(code) == TensorType::i8;
  std::vector<std::uint8_t> codes;
  (void)encode(vector, code, ranges, codes);
  for (const std::uint8_t c : codes) out += (out.empty() ? "" : ",") + std::to_string(is_signed ? static_cast<std::int8_t>(c) : int{c});
  return out;
}

/// One file format: rows in, a whole file at commit().
struct EmbeddingWriter::Format {
  virtual ~Format() = default;
  virtual void append(std::span<const std::string> texts, const EmbedResult& result) = 0;
  virtual void commit() = 0;
  ValueRanges ranges = {};
  std::filesystem::path ranges_file = {};
  std::size_t n_outside = 0;

 protected:
  std::string text_of(std::span<const float> vector, VectorCode code) {
    std::vector<std::uint8_t> codes;
    if (!ranges.empty()) n_outside += encode(vector, code, ranges, codes);
    return numbers_text(vector, code, ranges);
  }
};

namespace {

// .npy, .fvecs, .bvecs, .safetensors.
class BinaryFormat : public EmbeddingWriter::Format {
 public:
  BinaryFormat(const std::filesystem::path& path, VectorCode code, const EmbeddingOrigin& origin)
      : path_(path),
        code_(code),
        about_(describe(path, code, origin)),
        writer_(path, tensor_type(code), n_codes(code, origin.dim), metadata()) {}

  void append(std::span<const std::string>, const EmbedResult& result) override {
    if (is_float(code_)) return writer_.append(result.vectors.view());
    for (std::size_t r = 0; r < result.vectors.rows(); ++r) {
      n_outside += encode(result.vectors.row(r), code_, ranges, codes_);
      writer_.append(std::as_bytes(std::span(codes_)));
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
  std::vector<std::uint8_t> codes_;
};

// .jsonl: one self-describing record a text.
class JsonLinesFormat : public EmbeddingWriter::Format {
 public:
  JsonLinesFormat(const std::filesystem::path& path, VectorCode code, const EmbeddingOrigin& origin)
      : file_(path), code_(code), about_(describe(path, code, origin)) {}

  void append(std::span<const std::string> texts, const EmbedResult& result) override {
    for (std::size_t r = 0; r < texts.size(); ++r) {
      json record = about_;
      record["text"] = texts[r];
      record["n_tokens"] = result.reports[r].n_tokens;
      record["n_tokens_dropped"] = result.reports[r].n_tokens_dropped;
      std::string line = record.dump(-1, ' ', false, json::error_handler_t::replace);
      line.pop_back();
      line += ",\"vector\":[" + text_of(result.vectors.row(r), code_) + "]}\n";
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
      : path_(path), file_(path), code_(code), about_(describe(path, code, origin)) {}

  void append(std::span<const std::string>, const EmbedResult& result) override {
    for (std::size_t r = 0; r < result.vectors.rows(); ++r) file_.write(text_of(result.vectors.row(r), code_) + "\n");
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
  check_ranges(code, origin);
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
  format_->ranges = origin.ranges;
  if (!origin.ranges.empty()) format_->ranges_file = ranges_file(path);
}

EmbeddingWriter::~EmbeddingWriter() = default;
EmbeddingWriter::EmbeddingWriter(EmbeddingWriter&&) noexcept = default;
EmbeddingWriter& EmbeddingWriter::operator=(EmbeddingWriter&&) noexcept = default;

void EmbeddingWriter::append(std::span<const std::string> texts, const EmbedResult& result) {
  require(texts.size() == result.vectors.rows() && texts.size() == result.reports.size(), "as many texts as vectors are written");
  format_->append(texts, result);
}

void EmbeddingWriter::commit() {
  format_->commit();
  if (!format_->ranges.empty()) format_->ranges.save(format_->ranges_file);
}

std::size_t EmbeddingWriter::n_outside() const noexcept { return format_->n_outside; }

}  // namespace akin
