#include "akin/formats/gguf.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "akin/base/error.h"
#include "akin/base/utf8.h"
#include "cursor.h"
#include "ggml_types.h"
#include "tensor_table.h"

namespace akin {
namespace {

constexpr std::uint32_t kDefaultAlignment = 32;
constexpr int kMaxArrayDepth = 8;
constexpr std::uint32_t kMaxDimensions = 4;  // GGML_MAX_DIMS
constexpr std::size_t kHeadBytes = 1 << 16;  // looked at to explain what is wrong with a broken file
constexpr std::uint64_t kMaxSize = std::numeric_limits<std::size_t>::max() / 2;

constexpr std::array<std::string_view, 13> kTypeNames = {"u8",      "i8",     "u16",   "i16", "u32", "i32", "f32",
                                                         "boolean", "string", "array", "u64", "i64", "f64"};
/// Bytes of a scalar; for the others the least that one can take.
constexpr std::array<std::size_t, 13> kLeastBytes = {1, 1, 2, 2, 4, 4, 4, 1, 8, 12, 8, 8, 8};

std::size_t least_bytes(GgufType type) noexcept { return kLeastBytes[static_cast<std::size_t>(type)]; }
bool is_scalar(GgufType type) noexcept { return type != GgufType::string && type != GgufType::array; }

GgufType read_type(Cursor& cursor) {
  const auto id = cursor.number<std::uint32_t>("a value's type");
  if (id >= kTypeNames.size()) cursor.fail("metadata type " + std::to_string(id) + " is unknown, 0 to 12 are known");
  return static_cast<GgufType>(id);
}

std::span<const std::byte> read_string(Cursor& cursor, const char* what) {
  const auto length = cursor.number<std::uint64_t>("the length of a string");
  return cursor.take(length, what);
}

GgufValue read_value(Cursor& cursor, GgufType type, std::span<const std::byte> file, int depth);

/// Walks over the elements, so that they can be decoded later without looking at bounds again.
GgufValue read_array(Cursor& cursor, std::span<const std::byte> file, int depth) {
  if (depth > kMaxArrayDepth) cursor.fail("arrays are nested more than " + std::to_string(kMaxArrayDepth) + " deep");
  GgufValue array;
  array.type = GgufType::array;
  array.element = read_type(cursor);
  array.count = cursor.count<std::uint64_t>(least_bytes(array.element), "the number of an array's elements");
  const std::size_t start = cursor.position();
  if (is_scalar(array.element) && array.element != GgufType::boolean) {
    cursor.take(array.count * least_bytes(array.element), "an array");
  } else {
    for (std::uint64_t i = 0; i < array.count; ++i) read_value(cursor, array.element, file, depth + 1);
  }
  array.bytes = file.subspan(start, cursor.position() - start);
  return array;
}

GgufValue read_value(Cursor& cursor, GgufType type, std::span<const std::byte> file, int depth) {
  if (type == GgufType::array) return read_array(cursor, file, depth);
  GgufValue value;
  value.type = type;
  value.bytes = type == GgufType::string ? read_string(cursor, "a string") : cursor.take(least_bytes(type), "a value");
  if (type == GgufType::boolean && std::to_integer<unsigned>(value.bytes[0]) > 1) cursor.fail("a boolean is neither 0 nor 1");
  return value;
}

template <class T>
T scalar(std::span<const std::byte> bytes) noexcept {
  T value;
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

/// What the header says of a tensor.
struct TensorHeader {
  std::string name;
  std::vector<std::size_t> shape;  // outermost first
  std::uint32_t type = 0;
  std::uint64_t offset = 0;   // from the start of the data
  std::uint64_t n_bytes = 0;  // 0 when the type is unknown
};

TensorHeader read_tensor_header(Cursor& cursor, std::uint32_t alignment) {
  TensorHeader tensor;
  tensor.name = as_text(read_string(cursor, "a tensor's name"));
  const auto fail = [&](const std::string& what) { cursor.fail("tensor '" + printable(tensor.name) + "' " + what); };
  const auto n_dimensions = cursor.number<std::uint32_t>("the number of a tensor's dimensions");
  if (n_dimensions > kMaxDimensions) fail("has " + std::to_string(n_dimensions) + " dimensions, at most 4 are allowed");
  std::uint64_t n = 1;
  for (std::uint32_t i = 0; i < n_dimensions; ++i) {
    const auto d = cursor.number<std::uint64_t>("a tensor's dimension");
    if (d != 0 && n > kMaxSize / d) fail("has a shape whose product overflows");
    n *= d;
    tensor.shape.insert(tensor.shape.begin(), static_cast<std::size_t>(d));
  }
  tensor.type = cursor.number<std::uint32_t>("a tensor's type");
  tensor.offset = cursor.number<std::uint64_t>("a tensor's offset");
  if (tensor.offset % alignment != 0)
    fail("starts at offset " + std::to_string(tensor.offset) + ", not a multiple of " + std::to_string(alignment));
  if (const GgmlType* type = ggml_type(tensor.type)) {
    const std::uint64_t row = tensor.shape.empty() ? 1 : tensor.shape.back();
    if (row % type->block != 0)
      fail("has rows of " + std::to_string(row) + " numbers, " + std::string(type->name) + " wants a multiple of " +
           std::to_string(type->block));
    if (n / type->block > kMaxSize / type->bytes) fail("is larger than any memory");
    tensor.n_bytes = n / type->block * type->bytes;
  }
  return tensor;
}

/// In range, and no two over one another.
void check_places(const std::vector<TensorHeader>& tensors, std::uint64_t n_data, const std::filesystem::path& file) {
  const auto fail = [&](const TensorHeader& tensor, const std::string& what) {
    throw Error(ErrorCode::corrupt, file.string() + ": tensor '" + printable(tensor.name) + "' " + what);
  };
  std::vector<const TensorHeader*> by_offset;
  for (const TensorHeader& tensor : tensors) {
    if (tensor.offset > n_data || tensor.n_bytes > n_data - tensor.offset)
      fail(tensor, "wants " + std::to_string(tensor.n_bytes) + " bytes at offset " + std::to_string(tensor.offset) +
                       " of the data, which has " + std::to_string(n_data));
    if (tensor.n_bytes > 0) by_offset.push_back(&tensor);
  }
  std::ranges::sort(by_offset, {}, &TensorHeader::offset);
  for (std::size_t i = 1; i < by_offset.size(); ++i)
    if (by_offset[i - 1]->offset + by_offset[i - 1]->n_bytes > by_offset[i]->offset)
      fail(*by_offset[i], "lies over tensor '" + printable(by_offset[i - 1]->name) + "'");
}

}  // namespace

std::string_view name_of(GgufType type) noexcept { return kTypeNames[static_cast<std::size_t>(type)]; }

std::string GgufValue::describe() const {
  if (type != GgufType::array) return std::string(name_of(type));
  return "array of " + std::to_string(count) + " " + std::string(name_of(element));
}

std::vector<GgufValue> GgufValue::elements() const {
  std::vector<GgufValue> out;
  if (type != GgufType::array) return out;
  static const std::filesystem::path kNoFile;
  Cursor cursor(bytes, kNoFile);
  out.reserve(static_cast<std::size_t>(count));
  for (std::uint64_t i = 0; i < count; ++i) out.push_back(read_value(cursor, element, bytes, 0));
  return out;
}

std::optional<std::int64_t> GgufValue::as_integer() const noexcept {
  switch (type) {
    case GgufType::u8:
      return scalar<std::uint8_t>(bytes);
    case GgufType::i8:
      return scalar<std::int8_t>(bytes);
    case GgufType::u16:
      return scalar<std::uint16_t>(bytes);
    case GgufType::i16:
      return scalar<std::int16_t>(bytes);
    case GgufType::u32:
      return scalar<std::uint32_t>(bytes);
    case GgufType::i32:
      return scalar<std::int32_t>(bytes);
    case GgufType::i64:
      return scalar<std::int64_t>(bytes);
    case GgufType::u64: {
      const auto value = scalar<std::uint64_t>(bytes);
      if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
      return static_cast<std::int64_t>(value);
    }
    default:
      return std::nullopt;
  }
}

std::optional<double> GgufValue::as_number() const noexcept {
  if (type == GgufType::f32) return scalar<float>(bytes);
  if (type == GgufType::f64) return scalar<double>(bytes);
  if (const auto value = as_integer()) return static_cast<double>(*value);
  return std::nullopt;
}

std::optional<bool> GgufValue::as_boolean() const noexcept {
  if (type != GgufType::boolean) return std::nullopt;
  return bytes[0] != std::byte{0};
}

std::optional<std::string_view> GgufValue::as_string() const noexcept {
  if (type != GgufType::string) return std::nullopt;
  return as_text(bytes);
}

struct GgufFile::Parts {
  std::filesystem::path path;
  MappedFile mapped;
  std::uint32_t version = 0;
  std::vector<GgufEntry> entries;
  std::vector<std::size_t> by_key;
  TensorTable table;

  void read(std::span<const std::byte> file);
  void read_or_explain(std::span<const std::byte> file);
  void read_version(Cursor& cursor);
  void read_metadata(Cursor& cursor, std::uint64_t n, std::span<const std::byte> file);
  std::uint32_t alignment(const Cursor& cursor) const;
  const GgufValue* find(std::string_view key) const noexcept;
};

const GgufValue* GgufFile::Parts::find(std::string_view key) const noexcept {
  const auto place = std::ranges::lower_bound(by_key, key, {}, [this](std::size_t i) { return entries[i].key; });
  return place == by_key.end() || entries[*place].key != key ? nullptr : &entries[*place].value;
}

void GgufFile::Parts::read_version(Cursor& cursor) {
  if (as_text(cursor.take(4, "the magic number")) != "GGUF") cursor.fail("not a GGUF file: it does not start with 'GGUF'");
  version = cursor.number<std::uint32_t>("the version");
  const auto refuse = [&](const std::string& what) { throw Error(ErrorCode::unsupported, path.string() + ": " + what); };
  if (version != 0 && (version & 0xFFFFU) == 0) refuse("a big-endian GGUF file; akin reads little-endian ones");
  if (version == 1) refuse("GGUF version 1; akin reads versions 2 and 3");
  if (version == 0) cursor.fail("GGUF version 0 does not exist");
  if (version > 3) refuse("GGUF version " + std::to_string(version) + "; akin reads versions 2 and 3");
}

void GgufFile::Parts::read_metadata(Cursor& cursor, std::uint64_t n, std::span<const std::byte> file) {
  entries.reserve(static_cast<std::size_t>(n));
  for (std::uint64_t i = 0; i < n; ++i) {
    const std::string_view key = as_text(read_string(cursor, "a key"));
    const GgufType type = read_type(cursor);
    entries.push_back({key, read_value(cursor, type, file, 1)});
  }
  by_key.resize(entries.size());
  std::iota(by_key.begin(), by_key.end(), std::size_t{0});
  const auto key_at = [this](std::size_t i) { return entries[i].key; };
  std::ranges::sort(by_key, {}, key_at);
  const auto twin = std::ranges::adjacent_find(by_key, {}, key_at);
  if (twin != by_key.end()) cursor.fail("key '" + printable(key_at(*twin)) + "' is there twice");
}

std::uint32_t GgufFile::Parts::alignment(const Cursor& cursor) const {
  const GgufValue* value = find("general.alignment");
  if (value == nullptr) return kDefaultAlignment;
  if (value->type != GgufType::u32) cursor.fail("general.alignment: u32 is wanted, " + value->describe() + " is there");
  const auto alignment = scalar<std::uint32_t>(value->bytes);
  if (!std::has_single_bit(alignment)) cursor.fail("general.alignment is " + std::to_string(alignment) + ", not a power of two");
  return alignment;
}

// Has every byte over 0x7F that is not UTF-8 been made U+FFFD, as by a program that took the file for text? A real header has such bytes
// in its floats and lengths.
bool went_through_text_decoder(std::span<const std::byte> file) {
  const std::string_view head = as_text(file.first(std::min<std::size_t>(file.size(), kHeadBytes)));
  const std::string_view whole = head.substr(0, head.size() - std::min<std::size_t>(head.size(), 3));  // the cut may split a character
  return whole.find("\xEF\xBF\xBD") != std::string_view::npos && is_valid_utf8(whole.substr(0, whole.rfind("\xEF\xBF\xBD")));
}

void GgufFile::Parts::read_or_explain(std::span<const std::byte> file) {
  try {
    read(file);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::corrupt || !went_through_text_decoder(file)) throw;
    throw Error(ErrorCode::corrupt,
                std::string(error.what()) + "; bytes of it were replaced by U+FFFD, as if it had been saved as text: fetch the file again");
  }
}

void GgufFile::Parts::read(std::span<const std::byte> file) {
  Cursor cursor(file, path);
  read_version(cursor);
  // A tensor takes at least 24 bytes of header (name length, dimensions, type, offset), a key and its value 13.
  const std::uint64_t n_tensors = cursor.count<std::uint64_t>(24, "the number of tensors");
  const std::uint64_t n_entries = cursor.count<std::uint64_t>(13, "the number of metadata entries");
  read_metadata(cursor, n_entries, file);
  const std::uint32_t step = alignment(cursor);
  std::vector<TensorHeader> tensors;
  for (std::uint64_t i = 0; i < n_tensors; ++i) tensors.push_back(read_tensor_header(cursor, step));

  const std::uint64_t data = (cursor.position() + std::uint64_t{step} - 1) / step * step;
  // A file without tensors may end before the padding.
  const std::uint64_t n_data = file.size() > data ? file.size() - data : 0;
  check_places(tensors, n_data, path);
  for (TensorHeader& tensor : tensors) {
    const GgmlType* type = ggml_type(tensor.type);
    if (type != nullptr && type->read_as) {
      const auto bytes = tensor.n_bytes == 0 ? file.subspan(0, 0) : file.subspan(data + tensor.offset, tensor.n_bytes);
      table.add(TensorView{std::move(tensor.name), *type->read_as, std::move(tensor.shape), bytes});
    } else {
      const std::string name = type != nullptr ? std::string(type->name) : "number " + std::to_string(tensor.type);
      table.add(UnreadTensor{std::move(tensor.name), name, std::move(tensor.shape)});
    }
  }
  table.finish(path);
}

GgufFile::GgufFile(const std::filesystem::path& path) : parts_(std::make_unique<Parts>()) {
  parts_->path = path;
  parts_->mapped = MappedFile(path);
  parts_->read_or_explain(parts_->mapped.bytes());
}

GgufFile::GgufFile(std::span<const std::byte> bytes, std::filesystem::path name) : parts_(std::make_unique<Parts>()) {
  parts_->path = std::move(name);
  parts_->read_or_explain(bytes);
}

GgufFile::~GgufFile() = default;
GgufFile::GgufFile(GgufFile&&) noexcept = default;
GgufFile& GgufFile::operator=(GgufFile&&) noexcept = default;

const TensorView* GgufFile::find(std::string_view name) const { return parts_->table.find(name, parts_->path); }
const std::vector<TensorView>& GgufFile::tensors() const { return parts_->table.tensors(); }
const std::filesystem::path& GgufFile::path() const { return parts_->path; }
void GgufFile::forget(const TensorView& tensor) const noexcept { parts_->mapped.forget(tensor.bytes); }
std::vector<FileIdentity> GgufFile::identities() const {
  if (parts_->mapped.size() == 0) return {};
  return {parts_->mapped.identity()};
}
const std::vector<UnreadTensor>& GgufFile::unread() const { return parts_->table.unread(); }
std::uint32_t GgufFile::version() const noexcept { return parts_->version; }
const std::vector<GgufEntry>& GgufFile::metadata() const noexcept { return parts_->entries; }
const GgufValue* GgufFile::value(std::string_view key) const noexcept { return parts_->find(key); }

namespace {

[[noreturn]] void wrong_kind(const GgufFile& file, std::string_view key, const GgufValue& found, const char* wanted) {
  throw Error(ErrorCode::corrupt,
              file.path().string() + ": metadata '" + printable(key) + "' should be " + wanted + ", it is " + found.describe());
}

const GgufValue& must_have(const GgufFile& file, std::string_view key, const char* wanted) {
  if (const GgufValue* value = file.value(key)) return *value;
  throw Error(ErrorCode::not_found, file.path().string() + ": no metadata '" + printable(key) + "', " + wanted + " is wanted");
}

/// `as` is one of GgufValue's as_… functions.
template <class As>
auto one(const GgufFile& file, std::string_view key, const GgufValue& value, const char* wanted, As as) {
  const auto decoded = (value.*as)();
  if (!decoded) wrong_kind(file, key, value, wanted);
  return *decoded;
}

template <class T, class As>
std::vector<T> many(const GgufFile& file, std::string_view key, const char* wanted, As as) {
  const GgufValue& array = must_have(file, key, wanted);
  if (array.type != GgufType::array) wrong_kind(file, key, array, wanted);
  std::vector<T> out;
  out.reserve(static_cast<std::size_t>(array.count));
  for (const GgufValue& element : array.elements()) out.push_back(static_cast<T>(one(file, key, element, wanted, as)));
  return out;
}

constexpr const char* kString = "a string";
constexpr const char* kInteger = "an integer";
constexpr const char* kNumber = "a number";
constexpr const char* kBoolean = "a boolean";

}  // namespace

std::string_view GgufFile::string(std::string_view key) const {
  return one(*this, key, must_have(*this, key, kString), kString, &GgufValue::as_string);
}
std::int64_t GgufFile::integer(std::string_view key) const {
  return one(*this, key, must_have(*this, key, kInteger), kInteger, &GgufValue::as_integer);
}
double GgufFile::number(std::string_view key) const {
  return one(*this, key, must_have(*this, key, kNumber), kNumber, &GgufValue::as_number);
}
bool GgufFile::boolean(std::string_view key) const {
  return one(*this, key, must_have(*this, key, kBoolean), kBoolean, &GgufValue::as_boolean);
}

std::vector<std::string_view> GgufFile::strings(std::string_view key) const {
  return many<std::string_view>(*this, key, "an array of strings", &GgufValue::as_string);
}
std::vector<std::int64_t> GgufFile::integers(std::string_view key) const {
  return many<std::int64_t>(*this, key, "an array of integers", &GgufValue::as_integer);
}
std::vector<float> GgufFile::numbers(std::string_view key) const {
  return many<float>(*this, key, "an array of numbers", &GgufValue::as_number);
}

std::string_view GgufFile::string(std::string_view key, std::string_view missing) const { return has(key) ? string(key) : missing; }
std::int64_t GgufFile::integer(std::string_view key, std::int64_t missing) const { return has(key) ? integer(key) : missing; }
double GgufFile::number(std::string_view key, double missing) const { return has(key) ? number(key) : missing; }
bool GgufFile::boolean(std::string_view key, bool missing) const { return has(key) ? boolean(key) : missing; }

}  // namespace akin
