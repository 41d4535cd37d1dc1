#include "akin/formats/vector_file.h"

#include <cstring>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "akin/base/error.h"
#include "akin/base/half.h"
#include "akin/formats/npy.h"
#include "akin/formats/safetensors.h"
#include "akin/formats/vecs.h"

namespace akin {
namespace {

constexpr const char* kTensorName = "vectors";

enum class Kind { npy, vecs, safetensors };

std::optional<Kind> kind_of(const std::filesystem::path& path) {
  if (path.extension() == ".npy") return Kind::npy;
  if (path.extension() == ".safetensors") return Kind::safetensors;
  if (vecs_type(path)) return Kind::vecs;
  return std::nullopt;
}

Kind must_be_vectors(const std::filesystem::path& path) {
  if (const auto kind = kind_of(path)) return *kind;
  throw Error(ErrorCode::invalid_argument, path.string() + ": a file of vectors ends in .npy, .fvecs, .ivecs, .bvecs or .safetensors");
}

const TensorView& vectors_of(const SafetensorsFile& file) {
  if (const TensorView* vectors = file.find(kTensorName)) return *vectors;
  if (file.tensors().size() == 1) return file.tensors().front();
  throw Error(ErrorCode::invalid_argument,
              file.path().string() + ": no tensor 'vectors' among its " + std::to_string(file.tensors().size()) + " tensors");
}

void check_is_matrix(const TensorView& tensor, const std::filesystem::path& path) {
  if (tensor.shape.size() == 1 || tensor.shape.size() == 2) return;
  throw Error(ErrorCode::unsupported,
              path.string() + ": an array of " + std::to_string(tensor.shape.size()) + " dimensions; vectors are rows of a matrix");
}

/// Floats as they shall lie in the file.
std::vector<std::byte> stored(std::span<const float> row, TensorType type) {
  std::vector<std::byte> out(byte_size(type, row.size()));
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::uint16_t bits = type == TensorType::f16 ? to_f16(row[i]).bits : to_bf16(row[i]).bits;
    std::memcpy(out.data() + i * sizeof bits, &bits, sizeof bits);
  }
  return out;
}

}  // namespace

bool is_vector_file(const std::filesystem::path& path) { return kind_of(path).has_value(); }

struct VectorFile::Source {
  std::optional<NpyFile> npy;
  std::unique_ptr<SafetensorsFile> safetensors;
  std::optional<VecsFile> vecs;
  const TensorView* tensor = nullptr;  // of npy or safetensors
};

VectorFile::VectorFile(const std::filesystem::path& path) : source_(std::make_unique<Source>()) {
  switch (must_be_vectors(path)) {
    case Kind::npy:
      source_->tensor = &source_->npy.emplace(path).tensor();
      break;
    case Kind::safetensors:
      source_->safetensors = open_safetensors(path);
      source_->tensor = &vectors_of(*source_->safetensors);
      metadata_ = source_->safetensors->metadata();
      break;
    case Kind::vecs: {
      const VecsFile& vecs = source_->vecs.emplace(path);
      rows_ = vecs.rows();
      cols_ = vecs.dim();
      type_ = vecs.type();
      return;
    }
  }
  check_is_matrix(*source_->tensor, path);
  cols_ = source_->tensor->shape.back();
  rows_ = source_->tensor->shape.size() == 1 ? 1 : source_->tensor->shape.front();
  type_ = source_->tensor->type;
}

VectorFile::~VectorFile() = default;
VectorFile::VectorFile(VectorFile&&) noexcept = default;
VectorFile& VectorFile::operator=(VectorFile&&) noexcept = default;

void VectorFile::row_to_float(std::size_t r, std::span<float> out) const {
  source_->vecs ? source_->vecs->row_to_float(r, out) : source_->tensor->row_to_float(r, out);
}

Matrix<float> VectorFile::read() const {
  auto out = Matrix<float>::uninitialized(rows_, cols_);
  for (std::size_t r = 0; r < rows_; ++r) row_to_float(r, out.row(r));
  return out;
}

struct VectorWriter::Sink {
  std::variant<std::monostate, NpyWriter, VecsWriter, SafetensorsRowWriter> writer;
  TensorType type = TensorType::f32;
  std::size_t cols = 0;

  template <class Call>
  void visit(Call call) {
    std::visit(
        [&](auto& one) {
          if constexpr (!std::is_same_v<std::decay_t<decltype(one)>, std::monostate>) call(one);
        },
        writer);
  }
};

VectorWriter::VectorWriter(const std::filesystem::path& path, TensorType type, std::size_t cols, const VectorMetadata& metadata)
    : sink_(std::make_unique<Sink>()) {
  sink_->type = type;
  sink_->cols = cols;
  switch (must_be_vectors(path)) {
    case Kind::npy:
      sink_->writer.emplace<NpyWriter>(path, type, std::vector{cols});
      return;
    case Kind::safetensors:
      sink_->writer.emplace<SafetensorsRowWriter>(path, kTensorName, type, cols, metadata);
      return;
    case Kind::vecs:
      if (*vecs_type(path) != type)
        throw Error(ErrorCode::invalid_argument, path.string() + ": " + path.extension().string() + " holds " +
                                                     std::string(name_of(*vecs_type(path))) + ", not " + std::string(name_of(type)));
      sink_->writer.emplace<VecsWriter>(path, cols);
      return;
  }
}

VectorWriter::~VectorWriter() = default;
VectorWriter::VectorWriter(VectorWriter&&) noexcept = default;
VectorWriter& VectorWriter::operator=(VectorWriter&&) noexcept = default;

void VectorWriter::append(MatrixView<const float> rows) {
  if (rows.rows() == 0) return;
  require(rows.cols() == sink_->cols, "the rows are not as long as the file's");
  const TensorType type = sink_->type;
  require(type == TensorType::f32 || type == TensorType::f16 || type == TensorType::bf16, "floats are stored as F32, F16 or BF16 only");
  for (std::size_t r = 0; r < rows.rows(); ++r)
    type == TensorType::f32 ? append(std::as_bytes(rows.row(r))) : append(std::span<const std::byte>(stored(rows.row(r), type)));
}

void VectorWriter::append(std::span<const std::byte> rows) {
  sink_->visit([&](auto& writer) { writer.append(rows); });
}

void VectorWriter::commit() {
  sink_->visit([](auto& writer) { writer.commit(); });
}

}  // namespace akin
