#include "word_checkpoint.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>

#include "akin/base/atomic_file.h"
#include "akin/base/crc32c.h"
#include "akin/base/error.h"
#include "akin/base/mapped_file.h"

namespace akin {
namespace {

constexpr std::string_view kMagic = "akin-words-1\n";

/// Name, value, name, value, … with NUL behind each.
std::string text_of(const Identity& identity) {
  std::string text;
  for (const auto& [name, value] : identity) (text += name).append(1, '\0').append(value).append(1, '\0');
  return text;
}

template <class T>
std::span<const std::byte> bytes_of(const T& value) {
  return std::as_bytes(std::span(&value, 1));
}

/// Takes the file apart; what is missing is an error.
class Parts {
 public:
  Parts(std::span<const std::byte> bytes, const std::string& name) : rest_(bytes), name_(name) {}

  std::span<const std::byte> take(std::size_t n, const char* what) {
    if (n > rest_.size()) throw Error(ErrorCode::corrupt, name_ + ": the file ends before " + what);
    const auto part = rest_.first(n);
    rest_ = rest_.subspan(n);
    return part;
  }
  template <class T>
  T number(const char* what) {
    T value;
    std::memcpy(&value, take(sizeof value, what).data(), sizeof value);
    return value;
  }
  [[nodiscard]] std::size_t left() const { return rest_.size(); }

 private:
  std::span<const std::byte> rest_;
  const std::string& name_;
};

std::string_view text_of(std::span<const std::byte> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

/// The value that `text` has for `name`, as it is shown.
std::string value_in(std::string_view text, const std::string& name) {
  const std::string key = name + '\0';
  const std::size_t at = text.starts_with(key) ? 0 : text.find('\0' + key);
  if (at == std::string_view::npos) return "none";
  const std::size_t begin = at + key.size() + (at == 0 ? 0 : 1);
  return std::string(text.substr(begin, std::min<std::size_t>(text.find('\0', begin) - begin, 80)));
}

void check_identity(std::string_view found, const Identity& wanted, const std::string& name) {
  if (found == text_of(wanted)) return;
  for (const auto& [key, value] : wanted) {
    const std::string other = value_in(found, key);
    if (other != value)
      throw Error(ErrorCode::mismatch,
                  name + ": the checkpoint is of another training: its " + key + " is " + other + ", wanted is " + value);
  }
  throw Error(ErrorCode::mismatch, name + ": the checkpoint is of another training");
}

}  // namespace

void write_word_checkpoint(const std::filesystem::path& path, const Identity& identity, const WordProgress& progress,
                           const Matrix<float>& table) {
  const std::string text = text_of(identity);
  AtomicFile file(path);
  std::uint32_t crc = 0;
  const auto put = [&](std::span<const std::byte> bytes) {
    crc = crc32c(crc, bytes);
    file.write(bytes);
  };
  put(std::as_bytes(std::span(kMagic)));
  put(bytes_of(std::uint64_t{text.size()}));
  put(std::as_bytes(std::span(text)));
  put(bytes_of(progress.next_block));
  put(bytes_of(progress.loss));
  put(bytes_of(progress.n_scored));
  put(bytes_of(std::uint64_t{table.rows()}));
  put(bytes_of(std::uint64_t{table.cols()}));
  for (std::size_t r = 0; r < table.rows(); ++r) put(std::as_bytes(table.row(r)));
  file.write(bytes_of(crc));
  file.commit();
}

WordProgress read_word_checkpoint(const std::filesystem::path& path, const Identity& identity, Matrix<float>& table) {
  const MappedFile file(path);
  return parse_word_checkpoint(file.bytes(), path.string(), identity, table);
}

WordProgress parse_word_checkpoint(std::span<const std::byte> bytes, const std::string& name, const Identity& identity,
                                   Matrix<float>& table) {
  Parts parts(bytes, name);
  if (bytes.size() < kMagic.size() || text_of(bytes.first(kMagic.size())) != kMagic)
    throw Error(ErrorCode::corrupt, name + ": not a checkpoint of word vectors");
  parts.take(kMagic.size(), "its beginning");
  check_identity(text_of(parts.take(parts.number<std::uint64_t>("what it is of"), "what it is of")), identity, name);
  WordProgress progress;
  progress.next_block = parts.number<std::uint64_t>("the place in the text");
  progress.loss = parts.number<double>("the loss");
  progress.n_scored = parts.number<std::uint64_t>("the loss");
  const auto rows = parts.number<std::uint64_t>("the table's shape");
  const auto cols = parts.number<std::uint64_t>("the table's shape");
  if (rows != table.rows() || cols != table.cols())
    throw Error(ErrorCode::corrupt, name + ": a table of (" + std::to_string(rows) + ", " + std::to_string(cols) + "), wanted is (" +
                                        std::to_string(table.rows()) + ", " + std::to_string(table.cols()) + ")");
  const auto numbers = parts.take(table.size() * sizeof(float), "the table's end");
  const auto crc = parts.number<std::uint32_t>("the checksum");
  if (parts.left() != 0) throw Error(ErrorCode::corrupt, name + ": bytes behind the end");
  if (crc32c(0, bytes.first(bytes.size() - sizeof crc)) != crc) throw Error(ErrorCode::corrupt, name + ": the checksum is wrong: damaged");
  std::memcpy(table.data(), numbers.data(), numbers.size());
  return progress;
}

double mean_loss(const WordProgress& progress) noexcept {
  return progress.loss / static_cast<double>(std::max<std::uint64_t>(progress.n_scored, 1));
}

std::string epoch_label(const WordProgress& progress, std::uint64_t n_blocks, std::size_t n_epochs, int digits) {
  const std::uint64_t epoch = std::min(progress.next_block / n_blocks + 1, std::uint64_t{n_epochs});
  std::string text = "epoch " + std::to_string(epoch) + "/" + std::to_string(n_epochs);
  if (progress.n_scored == 0) return text;
  char number[32];
  const auto end = std::to_chars(number, number + sizeof number, mean_loss(progress), std::chars_format::fixed, digits);
  return text + ", loss " + std::string(number, end.ptr);
}

void CheckpointWriter::save(const WordProgress& progress, const Matrix<float>& table) {
  if (options_.file.empty()) return;
  write_word_checkpoint(options_.file, identity_, progress, table);
  saved_ = Clock::now();
}

}  // namespace akin
