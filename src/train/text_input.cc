#include "akin/train/text_input.h"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>

#include "akin/base/error.h"
#include "akin/base/unpacker.h"

namespace akin {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPieceBytes = std::size_t{1} << 18;

/// Bytes of one file or of standard input, as they are.
class RawFile {
 public:
  explicit RawFile(const fs::path& path) : name_(path == "-" ? "standard input" : path.string()) {
    if (path == "-") {
      in_ = &std::cin;
      return;
    }
    file_.open(path, std::ios::binary);
    if (!file_) throw_errno(name_, "open");
    in_ = &file_;
  }
  [[nodiscard]] const std::string& name() const { return name_; }

  std::size_t read(std::span<char> out) {
    in_->read(out.data(), static_cast<std::streamsize>(out.size()));
    if (in_->bad()) throw_errno(name_, "read");
    return static_cast<std::size_t>(in_->gcount());
  }

 private:
  std::string name_;
  std::ifstream file_;
  std::istream* in_ = nullptr;
};

class OneFile {
 public:
  explicit OneFile(const fs::path& path) : raw_(path), buffer_(kPieceBytes, '\0') {
    fill();
    packing_ = packing_of({waiting_.data(), waiting_.size()});
    if (packing_ != Packing::none) unpacker_.emplace(packing_, raw_.name());
  }

  /// 0 at the end.
  std::size_t read(std::span<char> out) {
    if (waiting_.empty()) fill();
    if (!unpacker_) return take(out);
    for (;;) {
      const bool at_end = waiting_.empty();
      const std::size_t n = unpacker_->step(waiting_, out);
      if (n > 0) return n;
      if (at_end && unpacker_->ended()) return 0;
      if (at_end) throw Error(ErrorCode::corrupt, raw_.name() + ": the " + std::string(name_of(packing_)) + " data ends early");
      fill();
    }
  }

 private:
  void fill() { waiting_ = std::span<const char>(buffer_.data(), raw_.read(buffer_)); }
  std::size_t take(std::span<char> out) {
    const std::size_t n = std::min(out.size(), waiting_.size());
    std::copy_n(waiting_.data(), n, out.data());
    waiting_ = waiting_.subspan(n);
    return n;
  }

  RawFile raw_;
  std::string buffer_;
  std::span<const char> waiting_;
  Packing packing_ = Packing::none;
  std::optional<Unpacker> unpacker_;
};

class Files final : public TextInput {
 public:
  explicit Files(std::vector<fs::path> files) : files_(std::move(files)) {}

  std::size_t read(std::span<char> out) override {
    std::size_t n = 0;
    while (n < out.size()) {
      if (!file_) {
        if (next_ == files_.size()) break;
        file_ = std::make_unique<OneFile>(files_[next_++]);
      }
      if (const std::size_t got = file_->read(out.subspan(n))) {
        n += got;
      } else {
        file_.reset();
        out[n++] = '\n';
      }
    }
    return n;
  }

 private:
  std::vector<fs::path> files_;
  std::size_t next_ = 0;
  std::unique_ptr<OneFile> file_;
};

}  // namespace

std::unique_ptr<TextInput> open_text_input(const std::vector<fs::path>& files) {
  require(!files.empty(), "no text to learn from is given");
  for (const fs::path& file : files) {
    if (file == "-") continue;
    std::error_code error;
    if (fs::is_directory(file, error)) throw Error(ErrorCode::invalid_argument, file.string() + ": a folder; files of text are wanted");
    if (!fs::exists(file, error)) throw Error(ErrorCode::not_found, file.string() + ": no such file");
  }
  return std::make_unique<Files>(files);
}

}  // namespace akin
