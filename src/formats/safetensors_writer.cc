#include <nlohmann/json.hpp>
#include <span>

#include "akin/base/error.h"
#include "akin/formats/safetensors.h"

namespace akin {
namespace {

using Metadata = std::map<std::string, std::string, std::less<>>;

// Readers want the data at a multiple of eight bytes, so the header is padded with spaces.
constexpr std::size_t kAlignmentOfData = 8;
// The reference implementation refuses a larger header.
constexpr std::size_t kLargestHeader = 100'000'000;

std::string quoted(const std::string& text, const char* what) {
  try {
    return nlohmann::json(text).dump();
  } catch (const nlohmann::json::exception&) {
    throw Error(ErrorCode::invalid_argument, std::string(what) + " is not valid UTF-8");
  }
}

std::string metadata_json(const Metadata& metadata) {
  std::string out;
  for (const auto& [key, value] : metadata)
    out += (out.empty() ? "" : ",") + quoted(key, "a metadata key") + ":" + quoted(value, "a metadata value");
  return metadata.empty() ? out : "\"__metadata__\":{" + out + "}";
}

std::string tensor_json(const TensorView& tensor, std::size_t begin, std::size_t end) {
  std::string out = quoted(tensor.name, "a tensor's name") + R"(:{"dtype":")" + std::string(name_of(tensor.type)) + R"(","shape":[)";
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) out += (i == 0 ? "" : ",") + std::to_string(tensor.shape[i]);
  return out + R"(],"data_offsets":[)" + std::to_string(begin) + "," + std::to_string(end) + "]}";
}

void check_type(const TensorView& tensor) {
  if (tensor.type == TensorType::q8_0)
    throw Error(ErrorCode::unsupported, "tensor '" + tensor.name + "' is Q8_0, which the safetensors format does not have");
}

/// The length field and the padded text.
std::string framed(std::string json) {
  json.append((kAlignmentOfData - json.size() % kAlignmentOfData) % kAlignmentOfData, ' ');
  const std::uint64_t length = json.size();
  std::string out(reinterpret_cast<const char*>(&length), sizeof length);
  return out + json;
}

}  // namespace

void write_safetensors(const std::filesystem::path& path, std::span<const TensorView> tensors, const Metadata& metadata) {
  std::string json = metadata_json(metadata);
  std::size_t offset = 0;
  std::map<std::string_view, int> names;
  for (const TensorView& tensor : tensors) {
    check_type(tensor);
    if (tensor.bytes.size() != byte_size(tensor.type, tensor.size()))
      throw Error(ErrorCode::invalid_argument, "tensor '" + tensor.name + "' has bytes that disagree with its shape");
    if (names[tensor.name]++ != 0 || tensor.name == "__metadata__")
      throw Error(ErrorCode::invalid_argument, "a tensor cannot be named '" + tensor.name + "': the name is taken");
    json += (json.empty() ? "" : ",") + tensor_json(tensor, offset, offset + tensor.bytes.size());
    offset += tensor.bytes.size();
  }
  AtomicFile file(path);
  file.write(framed("{" + json + "}"));
  for (const TensorView& tensor : tensors) file.write(tensor.bytes);
  file.commit();
}

SafetensorsRowWriter::SafetensorsRowWriter(const std::filesystem::path& path, std::string name, TensorType type, std::size_t cols,
                                           Metadata metadata)
    : file_(path), tensor_{std::move(name), type, {0, cols}, {}}, metadata_(std::move(metadata)) {
  check_type(tensor_);
  require(cols > 0, "a row of vectors needs at least one number");
  row_bytes_ = byte_size(type, cols);
  // Room for the longest number of rows that can come; the rest stays spaces.
  const std::string longest = framed(header(SIZE_MAX / row_bytes_));
  header_bytes_ = longest.size();
  file_.write(longest);
}

std::string SafetensorsRowWriter::header(std::size_t rows) const {
  TensorView tensor = tensor_;
  tensor.shape[0] = rows;
  const std::string metadata = metadata_json(metadata_);
  return "{" + metadata + (metadata.empty() ? "" : ",") + tensor_json(tensor, 0, rows * row_bytes_) + "}";
}

void SafetensorsRowWriter::append(std::span<const std::byte> rows) {
  require(rows.size() % row_bytes_ == 0, "only whole rows can be appended");
  file_.write(rows);
  data_bytes_ += rows.size();
}

void SafetensorsRowWriter::commit() {
  std::string json = header(data_bytes_ / row_bytes_);
  json.append(header_bytes_ - sizeof(std::uint64_t) - json.size(), ' ');
  const std::string framed_header = framed(std::move(json));
  file_.write_at(0, std::as_bytes(std::span(framed_header)));
  file_.commit();
}

SafetensorsStreamWriter::SafetensorsStreamWriter(const std::filesystem::path& path)
    : path_(path), file_(path), header_(path), data_(path) {}

void SafetensorsStreamWriter::append(const TensorView& tensor) {
  check_type(tensor);
  if (tensor.bytes.size() != byte_size(tensor.type, tensor.size()))
    throw Error(ErrorCode::invalid_argument, "tensor '" + tensor.name + "' has bytes that disagree with its shape");
  const std::string json = (n_tensors_ == 0 ? "" : ",") + tensor_json(tensor, data_.size(), data_.size() + tensor.bytes.size());
  if (header_.size() + json.size() > kLargestHeader)
    throw Error(ErrorCode::limit, path_.string() + ": the header of " + std::to_string(n_tensors_) +
                                      " tensors is as large as readers allow (100 MB): write several files");
  header_.write(std::as_bytes(std::span(json)));
  data_.write(tensor.bytes);
  ++n_tensors_;
}

void SafetensorsStreamWriter::commit(const Metadata& metadata) {
  std::string begin = "{" + metadata_json(metadata);
  if (!metadata.empty() && n_tensors_ > 0) begin += ",";
  std::string end = "}";
  const std::size_t size = begin.size() + header_.size() + end.size();
  end.append((kAlignmentOfData - size % kAlignmentOfData) % kAlignmentOfData, ' ');
  const std::uint64_t length = begin.size() + header_.size() + end.size();
  file_.write(std::as_bytes(std::span(&length, 1)));
  file_.write(begin);
  header_.copy_to(file_);
  file_.write(end);
  data_.copy_to(file_);
  file_.commit();
}

}  // namespace akin
