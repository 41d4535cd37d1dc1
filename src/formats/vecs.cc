#include "akin/formats/vecs.h"

#include <limits>
#include <string>

#include "akin/base/error.h"
#include "cursor.h"

namespace akin {
namespace {

constexpr std::size_t kDimBytes = sizeof(std::int32_t);

TensorType must_be_vecs(const std::filesystem::path& path) {
  if (const auto type = vecs_type(path)) return *type;
  throw Error(ErrorCode::invalid_argument, path.string() + ": the ending .fvecs, .ivecs or .bvecs is wanted");
}

[[noreturn]] void corrupt(const std::filesystem::path& file, const std::string& what) {
  throw Error(ErrorCode::corrupt, file.string() + ": " + what);
}

std::int32_t read_dim(std::span<const std::byte> bytes, std::size_t place) {
  std::int32_t dim = 0;
  std::memcpy(&dim, bytes.data() + place, kDimBytes);
  return dim;
}

}  // namespace

std::optional<TensorType> vecs_type(const std::filesystem::path& path) {
  const std::filesystem::path ending = path.extension();
  if (ending == ".fvecs") return TensorType::f32;
  if (ending == ".ivecs") return TensorType::i32;
  if (ending == ".bvecs") return TensorType::u8;
  return std::nullopt;
}

VecsFile::VecsFile(const std::filesystem::path& path) : mapped_(path), path_(path), bytes_(mapped_.bytes()), type_(must_be_vecs(path)) {
  read_shape();
}

VecsFile::VecsFile(std::span<const std::byte> bytes, const std::filesystem::path& name)
    : path_(name), bytes_(bytes), type_(must_be_vecs(name)) {
  read_shape();
}

void VecsFile::read_shape() {
  if (bytes_.empty()) return;
  if (bytes_.size() < kDimBytes) corrupt(path_, "the first row is cut off");
  const std::int32_t dim = read_dim(bytes_, 0);
  if (dim <= 0) corrupt(path_, "the first row has " + std::to_string(dim) + " dimensions");
  dim_ = static_cast<std::size_t>(dim);
  const std::size_t step = kDimBytes + byte_size(type_, dim_);
  rows_ = bytes_.size() / step;
  if (bytes_.size() % step != 0)
    corrupt(path_, std::to_string(bytes_.size()) + " bytes are not a whole number of rows of " + std::to_string(dim_) + " numbers (" +
                       std::to_string(step) + " bytes each)");
  static_cast<void>(row(rows_ - 1));
}

std::span<const std::byte> VecsFile::row(std::size_t r) const {
  if (r >= rows_)
    throw Error(ErrorCode::invalid_argument,
                path_.string() + " has " + std::to_string(rows_) + " rows, row " + std::to_string(r) + " was asked for");
  const std::size_t n_bytes = byte_size(type_, dim_);
  const std::size_t place = r * (kDimBytes + n_bytes);
  const std::int32_t dim = read_dim(bytes_, place);
  if (dim < 0 || static_cast<std::size_t>(dim) != dim_)
    corrupt(path_, "row " + std::to_string(r) + " has " + std::to_string(dim) + " dimensions, the first has " + std::to_string(dim_));
  return bytes_.subspan(place + kDimBytes, n_bytes);
}

void VecsFile::row_to_float(std::size_t r, std::span<float> out) const {
  TensorView{path_.stem().string(), type_, {dim_}, row(r)}.row_to_float(0, out);
}

VecsWriter::VecsWriter(const std::filesystem::path& path, std::size_t dim) : file_(path), dim_(dim) {
  require(dim > 0 && dim <= static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()), "a dimension from 1 to 2^31 - 1 is wanted");
  row_bytes_ = byte_size(must_be_vecs(path), dim);
}

void VecsWriter::append(std::span<const std::byte> rows) {
  require(rows.size() % row_bytes_ == 0, "only whole rows can be appended");
  const auto dim = static_cast<std::int32_t>(dim_);
  for (std::size_t place = 0; place < rows.size(); place += row_bytes_) {
    file_.write(std::as_bytes(std::span(&dim, 1)));
    file_.write(rows.subspan(place, row_bytes_));
  }
}

void VecsWriter::commit() { file_.commit(); }

}  // namespace akin
