// safetensors: a JSON header of names, types, shapes and offsets, then the numbers. One file, or shards named by an index.
// Every rule of the format is checked on opening, so that a view handed out lies in the file and has the size of its shape;
// a file that breaks one is refused with Error{corrupt}. The rules: docs/formats/safetensors.md.
// Tested by safetensors_test.cc and safetensors_writer_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akin/base/atomic_file.h"
#include "akin/base/spool_file.h"
#include "akin/formats/tensor.h"

namespace akin {

class SafetensorsFile : public TensorFile {
 public:
  /// Tensors whose types akin does not read (F8_E4M3, U32, …).
  [[nodiscard]] virtual const std::vector<UnreadTensor>& unread() const = 0;
  /// The header's __metadata__; of a sharded model the first shard's.
  [[nodiscard]] virtual const std::map<std::string, std::string, std::less<>>& metadata() const = 0;
};

/// Opens a .safetensors file, a …safetensors.index.json, or a folder with model.safetensors or model.safetensors.index.json.
/// The files stay mapped as long as the result lives. Throws Error{not_found}, Error{corrupt}, Error{limit}.
std::unique_ptr<SafetensorsFile> open_safetensors(const std::filesystem::path& path);

/// The same for bytes in memory, which must outlive the result. `name` stands for the file in messages.
std::unique_ptr<SafetensorsFile> view_safetensors(std::span<const std::byte> bytes, const std::filesystem::path& name);

/// Writes the tensors in the given order, whole file or nothing. Q8_0 has no name in this format: Error{unsupported}.
/// Throws Error{invalid_argument} for a name given twice or bytes that disagree with the shape, Error{io}.
void write_safetensors(const std::filesystem::path& path, std::span<const TensorView> tensors,
                       const std::map<std::string, std::string, std::less<>>& metadata = {});

/// One matrix whose number of rows is not known beforehand, row by row.
class SafetensorsRowWriter {
 public:
  SafetensorsRowWriter(const std::filesystem::path& path, std::string name, TensorType type, std::size_t cols,
                       std::map<std::string, std::string, std::less<>> metadata = {});
  /// Bytes of whole rows, as they shall lie in the file.
  void append(std::span<const std::byte> rows);
  /// Writes the header and puts the file in its place. Without it nothing is left behind.
  void commit();

 private:
  [[nodiscard]] std::string header(std::size_t rows) const;

  AtomicFile file_;
  TensorView tensor_;
  std::map<std::string, std::string, std::less<>> metadata_;
  std::size_t row_bytes_ = 0;
  std::size_t header_bytes_ = 0;
  std::size_t data_bytes_ = 0;
};

/// Tensors whose number and sizes are not known beforehand, one after the other. What they hold and what the header will say of them waits
/// on disk in the target's folder (SpoolFile): memory does not grow, the disk holds the numbers twice for a moment.
class SafetensorsStreamWriter {
 public:
  /// Throws Error{not_found}, Error{io}.
  explicit SafetensorsStreamWriter(const std::filesystem::path& path);
  /// The caller gives each name once. Throws Error{invalid_argument} for bytes that disagree with the shape, Error{unsupported} for Q8_0,
  /// Error{limit} once the header is larger than readers allow (100 MB, about 800,000 tensors).
  void append(const TensorView& tensor);
  [[nodiscard]] std::size_t size() const noexcept { return n_tensors_; }
  /// Puts the file in its place, whole. Without it nothing is left behind.
  void commit(const std::map<std::string, std::string, std::less<>>& metadata = {});

 private:
  std::filesystem::path path_;
  AtomicFile file_;
  SpoolFile header_, data_;
  std::size_t n_tensors_ = 0;
};

}  // namespace akin
