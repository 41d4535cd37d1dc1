#include "akin/formats/safetensors.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "akin/base/error.h"
#include "akin/base/mapped_file.h"
#include "akin/formats/pickle.h"
#include "cursor.h"
#include "safetensors_header.h"
#include "tensor_table.h"

namespace akin {
namespace {

namespace fs = std::filesystem;

// The format's own bound (MAX_HEADER_SIZE of the reference implementation).
constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;
constexpr std::size_t kMaxIndexBytes = 64U << 20;
constexpr std::size_t kMaxShards = 4096;

constexpr const char* kFileName = "model.safetensors";
constexpr const char* kIndexName = "model.safetensors.index.json";

[[noreturn]] void corrupt(const fs::path& file, const std::string& what) { throw Error(ErrorCode::corrupt, file.string() + ": " + what); }

/// Product of the shape times the bits of a number, as bytes.
std::uint64_t expected_bytes(const SafetensorsEntry& tensor, const fs::path& file) {
  constexpr std::uint64_t kMaxNumbers = std::uint64_t{1} << 57;  // times 64 bits still fits
  std::uint64_t n = 1;
  for (const std::size_t d : tensor.shape) {
    if (d != 0 && n > kMaxNumbers / d) corrupt(file, "tensor '" + printable(tensor.name) + "' has a shape whose product overflows");
    n *= d;
  }
  const std::uint64_t bits = n * tensor.type->bits;
  if (bits % 8 != 0) corrupt(file, "tensor '" + printable(tensor.name) + "' does not end at a whole byte");
  return bits / 8;
}

/// Sizes right, and the tensors one after another without a hole from the first byte of the data to the last.
void check_offsets(const std::vector<SafetensorsEntry>& tensors, std::uint64_t n_data, const fs::path& file) {
  std::vector<const SafetensorsEntry*> in_order;
  for (const SafetensorsEntry& tensor : tensors) in_order.push_back(&tensor);
  std::ranges::sort(in_order, {}, [](const SafetensorsEntry* t) { return std::pair(t->begin, t->end); });
  std::uint64_t place = 0;
  for (const SafetensorsEntry* tensor : in_order) {
    const std::string name = "tensor '" + printable(tensor->name) + "'";
    if (tensor->end < tensor->begin || tensor->end > n_data)
      corrupt(file, name + " has data_offsets " + std::to_string(tensor->begin) + " to " + std::to_string(tensor->end) + ", the data has " +
                        std::to_string(n_data) + " bytes");
    if (tensor->begin != place)
      corrupt(file,
              name + " starts at byte " + std::to_string(tensor->begin) + " of the data, the one before ends at " + std::to_string(place));
    const std::uint64_t expected = expected_bytes(*tensor, file);
    if (tensor->end - tensor->begin != expected)
      corrupt(file, name + " has " + std::to_string(tensor->end - tensor->begin) + " bytes of data, its shape and dtype ask for " +
                        std::to_string(expected));
    place = tensor->end;
  }
  if (place != n_data)
    corrupt(file, "the tensors end at byte " + std::to_string(place) + " of the data, which has " + std::to_string(n_data));
}

/// One file's tensors; the bytes must outlive them.
class OneFile {
 public:
  OneFile(std::span<const std::byte> bytes, const fs::path& file) {
    Cursor cursor(bytes, file);
    const auto header_bytes = cursor.number<std::uint64_t>("the header's length");
    if (header_bytes > kMaxHeaderBytes)
      corrupt(file, "a header of " + std::to_string(header_bytes) + " bytes, at most " + std::to_string(kMaxHeaderBytes) + " are allowed");
    const std::string_view json = as_text(cursor.take(header_bytes, "the header"));
    header_ = parse_safetensors_header(json, file);
    data_ = bytes.subspan(cursor.position());
    check_offsets(header_.tensors, data_.size(), file);
  }

  SafetensorsHeader& header() { return header_; }

  void move_into(TensorTable& table, SafetensorsEntry& tensor) const {
    const auto bytes = data_.subspan(tensor.begin, tensor.end - tensor.begin);
    if (tensor.type->read_as) {
      table.add(TensorView{std::move(tensor.name), *tensor.type->read_as, std::move(tensor.shape), bytes});
    } else {
      table.add(UnreadTensor{std::move(tensor.name), std::string(tensor.type->name), std::move(tensor.shape)});
    }
  }

 private:
  SafetensorsHeader header_;
  std::span<const std::byte> data_;
};

class Opened final : public SafetensorsFile {
 public:
  explicit Opened(fs::path path) : path_(std::move(path)) {}

  const TensorView* find(std::string_view name) const override { return table_.find(name, path_); }
  const std::vector<TensorView>& tensors() const override { return table_.tensors(); }
  const fs::path& path() const override { return path_; }
  void forget(const TensorView& tensor) const noexcept override {
    for (const MappedFile& file : mapped_) file.forget(tensor.bytes);
  }
  std::vector<FileIdentity> identities() const override {
    std::vector<FileIdentity> all;
    for (const MappedFile& file : mapped_) all.push_back(file.identity());
    return all;
  }
  const std::vector<UnreadTensor>& unread() const override { return table_.unread(); }
  const std::map<std::string, std::string, std::less<>>& metadata() const override { return metadata_; }

  void read_bytes(std::span<const std::byte> bytes) {
    OneFile file(bytes, path_);
    for (SafetensorsEntry& tensor : file.header().tensors) file.move_into(table_, tensor);
    metadata_ = std::move(file.header().metadata);
    table_.finish(path_);
  }

  void read_file(const fs::path& file) { read_bytes(mapped_.emplace_back(file).bytes()); }

  void read_index(const fs::path& index);

 private:
  void read_shard(const fs::path& file, const std::string& shard, std::unordered_map<std::string_view, std::string_view>& shard_of);

  fs::path path_;
  std::vector<MappedFile> mapped_;
  TensorTable table_;
  std::map<std::string, std::string, std::less<>> metadata_;
};

/// Only a name inside the index's own folder: no absolute path and no way up.
void check_shard_name(const std::string& shard, const fs::path& index) {
  const fs::path path(shard);
  const bool escapes = path.is_absolute() || std::ranges::any_of(path, [](const fs::path& part) { return part == ".."; });
  if (shard.empty() || escapes || shard.find('\\') != std::string::npos || shard.find('\0') != std::string::npos)
    corrupt(index, "weight_map names the file '" + printable(shard) + "', which is not one of this folder");
}

void Opened::read_shard(const fs::path& file, const std::string& shard, std::unordered_map<std::string_view, std::string_view>& shard_of) {
  OneFile one(mapped_.emplace_back(file).bytes(), file);
  for (SafetensorsEntry& tensor : one.header().tensors) {
    const auto listed = shard_of.find(tensor.name);
    // A tensor that the index gives to another shard is taken from there.
    if (listed != shard_of.end() && listed->second != shard) continue;
    if (listed != shard_of.end()) shard_of.erase(listed);
    one.move_into(table_, tensor);
  }
  if (metadata_.empty()) metadata_ = std::move(one.header().metadata);
}

void Opened::read_index(const fs::path& index) {
  const std::vector<ShardEntry> entries = parse_safetensors_index(akin::read_file(index, kMaxIndexBytes), index);
  std::unordered_map<std::string_view, std::string_view> shard_of;
  std::vector<std::string> shards;
  for (const ShardEntry& entry : entries) {
    shard_of.emplace(entry.tensor, entry.shard);
    if (std::ranges::find(shards, entry.shard) != shards.end()) continue;
    check_shard_name(entry.shard, index);
    shards.push_back(entry.shard);
    if (shards.size() > kMaxShards) throw Error(ErrorCode::limit, index.string() + ": more than 4096 shards");
  }
  for (const std::string& shard : shards) {
    const fs::path file = index.parent_path() / shard;
    if (!fs::exists(file))
      throw Error(ErrorCode::not_found, index.string() + ": weight_map names '" + printable(shard) + "', which is not there");
    read_shard(file, shard, shard_of);
  }
  for (const ShardEntry& entry : entries)
    if (shard_of.contains(entry.tensor))
      corrupt(index, "tensor '" + printable(entry.tensor) + "' should be in '" + printable(entry.shard) + "', it is not");
  table_.finish(path_);
}

bool is_index(const fs::path& path) { return path.extension() == ".json"; }

/// The file of a folder that stands for it; the path itself if it is no folder.
fs::path file_in(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) return path;
  for (const char* name : {kFileName, kIndexName})
    if (fs::exists(path / name, ignored)) return path / name;
  if (const auto pickle = find_pickle(path)) refuse_pickle(*pickle);
  throw Error(ErrorCode::not_found, path.string() + ": neither " + kFileName + " nor " + kIndexName + " is in this folder");
}

}  // namespace

std::unique_ptr<SafetensorsFile> open_safetensors(const fs::path& path) {
  const fs::path file = file_in(path);
  auto opened = std::make_unique<Opened>(file);
  is_index(file) ? opened->read_index(file) : opened->read_file(file);
  return opened;
}

std::unique_ptr<SafetensorsFile> view_safetensors(std::span<const std::byte> bytes, const fs::path& name) {
  auto opened = std::make_unique<Opened>(name);
  opened->read_bytes(bytes);
  return opened;
}

}  // namespace akin
