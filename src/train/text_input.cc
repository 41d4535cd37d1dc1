#include "akin/train/text_input.h"

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>

#include "akin/base/error.h"

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

/// One stream of gzip data, members one after the other.
class Unpacker {
 public:
  Unpacker() {
    if (::inflateInit2(&stream_, 15 + 16) != Z_OK) throw Error(ErrorCode::limit, "not enough memory to unpack gzip");
  }
  ~Unpacker() { ::inflateEnd(&stream_); }
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;

  /// Unpacks from `in` (what is taken leaves it) into `out`; returns how many bytes came.
  std::size_t step(std::span<const char>& in, std::span<char> out, const std::string& name) {
    if (ended_) {
      ::inflateReset(&stream_);  // one more member
      ended_ = false;
    }
    stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(in.data()));
    stream_.avail_in = static_cast<uInt>(in.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    const int state = ::inflate(&stream_, Z_NO_FLUSH);
    if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR)
      throw Error(ErrorCode::corrupt, name + ": damaged gzip" + (stream_.msg == nullptr ? "" : std::string(": ") + stream_.msg));
    ended_ = state == Z_STREAM_END;
    in = in.subspan(in.size() - stream_.avail_in);
    return out.size() - stream_.avail_out;
  }
  [[nodiscard]] bool ended() const { return ended_; }

 private:
  z_stream stream_{};
  bool ended_ = false;
};

class OneFile {
 public:
  explicit OneFile(const fs::path& path) : raw_(path), buffer_(kPieceBytes, '\0') {
    fill();
    if (waiting_.size() >= 2 && waiting_[0] == '\x1F' && waiting_[1] == '\x8B') unpacker_.emplace();
  }

  /// 0 at the end.
  std::size_t read(std::span<char> out) {
    for (;;) {
      if (waiting_.empty()) fill();
      if (waiting_.empty()) {
        if (unpacker_ && !unpacker_->ended()) throw Error(ErrorCode::corrupt, raw_.name() + ": the gzip data ends early");
        return 0;
      }
      const std::size_t n = unpacker_ ? unpacker_->step(waiting_, out, raw_.name()) : take(out);
      if (n > 0) return n;
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
