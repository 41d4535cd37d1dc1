#include "akin/formats/npy.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "akin/base/error.h"
#include "cursor.h"

namespace akin {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kMaxHeaderBytes = 64U << 10;  // NumPy itself refuses more than 10,000
constexpr std::size_t kMaxDimensions = 64;          // NumPy's own bound
constexpr std::size_t kAlignmentOfData = 64;

struct Dtype {
  std::string_view code;
  TensorType type;
};
constexpr std::array kDtypes = {Dtype{"<f4", TensorType::f32}, Dtype{"<f2", TensorType::f16}, Dtype{"<f8", TensorType::f64},
                                Dtype{"<i8", TensorType::i64}, Dtype{"<i4", TensorType::i32}, Dtype{"<i2", TensorType::i16},
                                Dtype{"|i1", TensorType::i8},  Dtype{"|u1", TensorType::u8},  Dtype{"|b1", TensorType::boolean},
                                Dtype{"<i1", TensorType::i8},  Dtype{"<u1", TensorType::u8}};

struct Header {
  std::string descr;
  bool fortran_order = false;
  std::vector<std::size_t> shape;
};

/// The header is a Python dict literal with three known keys; this reads just that and evaluates nothing.
class Literal {
 public:
  Literal(std::string_view text, const std::filesystem::path& file) : text_(text), file_(file) {}

  Header dict() {
    Header header;
    expect('{');
    while (!accept('}')) {
      read_field(header);
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip_space();
    if (place_ != text_.size()) fail("text after the closing brace");
    if (!seen_[0] || !seen_[1] || !seen_[2]) fail("descr, fortran_order and shape are wanted, one is missing");
    return header;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::corrupt, file_.string() + ": the header, at its byte " + std::to_string(place_) + ": " + what);
  }

  void read_field(Header& header) {
    const std::string key = quoted();
    expect(':');
    constexpr std::array<std::string_view, 3> kKeys = {"descr", "fortran_order", "shape"};
    const auto which = static_cast<std::size_t>(std::ranges::find(kKeys, key) - kKeys.begin());
    if (which == kKeys.size()) fail("unknown key '" + printable(key) + "'");
    if (std::exchange(seen_[which], true)) fail("key '" + key + "' is there twice");
    if (which == 0) header.descr = descr();
    if (which == 1) header.fortran_order = boolean();
    if (which == 2) header.shape = shape();
  }

  /// A structured dtype is a list; it has no place here.
  std::string descr() {
    skip_space();
    if (place_ < text_.size() && text_[place_] == '[')
      throw Error(ErrorCode::unsupported, file_.string() + ": an array of structures; akin reads arrays of numbers");
    return quoted();
  }

  std::string quoted() {
    skip_space();
    const char quote = place_ < text_.size() ? text_[place_] : '\0';
    if (quote != '\'' && quote != '"') fail("a quoted word is wanted");
    const std::size_t end = text_.find(quote, place_ + 1);
    if (end == std::string_view::npos) fail("a quote is not closed");
    std::string word(text_.substr(place_ + 1, end - place_ - 1));
    place_ = end + 1;
    return word;
  }

  bool boolean() {
    if (accept_word("True")) return true;
    if (accept_word("False")) return false;
    fail("True or False is wanted");
  }

  std::vector<std::size_t> shape() {
    std::vector<std::size_t> out;
    expect('(');
    while (!accept(')')) {
      if (out.size() == kMaxDimensions) fail("more than 64 dimensions");
      out.push_back(number());
      accept('L');  // Python 2 wrote long integers so
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return out;
  }

  std::size_t number() {
    skip_space();
    const std::size_t start = place_;
    std::size_t value = 0;
    for (; place_ < text_.size() && text_[place_] >= '0' && text_[place_] <= '9'; ++place_) {
      if (value > (std::numeric_limits<std::size_t>::max() >> 4) / 10) fail("a dimension is too large");
      value = value * 10 + static_cast<std::size_t>(text_[place_] - '0');
    }
    if (place_ == start) fail("a whole number is wanted");
    return value;
  }

  void skip_space() {
    while (place_ < text_.size() && (text_[place_] == ' ' || text_[place_] == '\n' || text_[place_] == '\t' || text_[place_] == '\r'))
      ++place_;
  }
  bool accept(char c) {
    skip_space();
    if (place_ >= text_.size() || text_[place_] != c) return false;
    ++place_;
    return true;
  }
  bool accept_word(std::string_view word) {
    skip_space();
    if (!text_.substr(place_).starts_with(word)) return false;
    place_ += word.size();
    return true;
  }
  void expect(char c) {
    if (!accept(c)) fail(std::string("'") + c + "' is wanted");
  }

  std::string_view text_;
  const std::filesystem::path& file_;
  std::size_t place_ = 0;
  std::array<bool, 3> seen_{};
};

std::string_view read_header_text(Cursor& cursor, const std::filesystem::path& file) {
  if (as_text(cursor.take(kMagic.size(), "the magic number")) != kMagic) cursor.fail("not a .npy file");
  const auto major = cursor.number<std::uint8_t>("the version");
  const auto minor = cursor.number<std::uint8_t>("the version");
  if (major < 1 || major > 3 || minor != 0)
    throw Error(ErrorCode::unsupported,
                file.string() + ": .npy version " + std::to_string(major) + "." + std::to_string(minor) + "; akin reads 1.0, 2.0 and 3.0");
  const std::uint32_t length =
      major == 1 ? cursor.number<std::uint16_t>("the header's length") : cursor.number<std::uint32_t>("the header's length");
  if (length > kMaxHeaderBytes) cursor.fail("a header of " + std::to_string(length) + " bytes, at most 65536 are read");
  return as_text(cursor.take(length, "the header"));
}

TensorType type_of(const std::string& descr, const std::filesystem::path& file) {
  const auto* row = std::ranges::find(kDtypes, descr, &Dtype::code);
  if (row != kDtypes.end()) return row->type;
  const bool big = descr.starts_with('>');
  throw Error(ErrorCode::unsupported, file.string() + ": dtype '" + printable(descr) + "'" + (big ? " is big-endian" : "") +
                                          "; akin reads little-endian f2, f4, f8, i1, i2, i4, i8, u1 and b1");
}

TensorView read_array(std::span<const std::byte> bytes, const std::filesystem::path& file) {
  Cursor cursor(bytes, file);
  const Header header = Literal(read_header_text(cursor, file), file).dict();
  TensorView tensor{file.stem().string(), type_of(header.descr, file), header.shape, {}};
  const bool is_matrix = std::ranges::count_if(header.shape, [](std::size_t d) { return d != 1; }) > 1;
  if (header.fortran_order && is_matrix)
    throw Error(ErrorCode::unsupported, file.string() + ": the array is in Fortran order; save numpy.ascontiguousarray(array) instead");
  std::size_t n = 1;
  for (const std::size_t d : header.shape) {
    if (d != 0 && n > (std::numeric_limits<std::size_t>::max() >> 4) / d) cursor.fail("a shape whose product overflows");
    n *= d;
  }
  tensor.bytes = cursor.take(byte_size(tensor.type, n), "the array");
  if (cursor.remaining() != 0) cursor.fail(std::to_string(cursor.remaining()) + " bytes after the array's end");
  return tensor;
}

std::string_view descr_of(TensorType type) {
  const auto* row = std::ranges::find(kDtypes, type, &Dtype::type);
  if (row != kDtypes.end()) return row->code;
  throw Error(ErrorCode::unsupported, ".npy has no dtype for " + std::string(name_of(type)));
}

/// Magic number, version 1.0, length and dict, padded so that the data starts at a multiple of 64.
std::string header_text(TensorType type, std::size_t rows, const std::vector<std::size_t>& row_shape) {
  std::string dict = "{'descr': '" + std::string(descr_of(type)) + "', 'fortran_order': False, 'shape': (" + std::to_string(rows) + ",";
  for (std::size_t i = 0; i < row_shape.size(); ++i) dict += (i == 0 ? " " : ", ") + std::to_string(row_shape[i]);
  dict += "), }";
  const std::size_t unpadded = kMagic.size() + 4 + dict.size() + 1;
  dict.append((kAlignmentOfData - unpadded % kAlignmentOfData) % kAlignmentOfData, ' ');
  dict += '\n';
  std::string out(kMagic);
  out += '\x01';
  out += '\0';
  out += static_cast<char>(dict.size() & 0xFFU);
  out += static_cast<char>(dict.size() >> 8);
  return out + dict;
}

}  // namespace

NpyFile::NpyFile(const std::filesystem::path& path) : mapped_(path), tensor_(read_array(mapped_.bytes(), path)) {}

NpyFile::NpyFile(std::span<const std::byte> bytes, const std::filesystem::path& name) : tensor_(read_array(bytes, name)) {}

NpyWriter::NpyWriter(const std::filesystem::path& path, TensorType type, std::vector<std::size_t> row_shape)
    : file_(path), type_(type), row_shape_(std::move(row_shape)) {
  require(row_shape_.size() < kMaxDimensions, "an array of more than 64 dimensions");
  std::size_t n = 1;
  for (const std::size_t d : row_shape_) n *= d;
  row_bytes_ = byte_size(type, n);
  require(row_bytes_ > 0, "a row needs at least one number");
  // Room for the longest number of rows that can come.
  const std::string longest = header_text(type_, std::numeric_limits<std::size_t>::max(), row_shape_);
  header_bytes_ = longest.size();
  file_.write(longest);
}

void NpyWriter::append(std::span<const std::byte> rows) {
  require(rows.size() % row_bytes_ == 0, "only whole rows can be appended");
  file_.write(rows);
}

void NpyWriter::commit() {
  std::string header = header_text(type_, (file_.size() - header_bytes_) / row_bytes_, row_shape_);
  // A shorter count may need fewer blocks of 64: fill up to the length that was reserved.
  header.insert(header.size() - 1, header_bytes_ - header.size(), ' ');
  const std::size_t dict_bytes = header.size() - kMagic.size() - 4;
  header[8] = static_cast<char>(dict_bytes & 0xFFU);
  header[9] = static_cast<char>(dict_bytes >> 8);
  file_.write_at(0, std::as_bytes(std::span(header)));
  file_.commit();
}

}  // namespace akin
