#include "blob_download.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <system_error>
#include <utility>
#include <vector>

#include "akin/base/error.h"
#include "akin/base/sha256.h"
#include "bounded_json.h"
#include "file_lock.h"
#include "git_hash.h"

namespace akin::hub {
namespace {

namespace fs = std::filesystem;

// A server that closes early without saying so is asked for the rest as long as it gives something, and this often when it gives nothing.
constexpr int kEmptyRounds = 3;

/// The bytes that have arrived so far, in a file that outlives a failure.
class PartFile {
 public:
  explicit PartFile(fs::path path) : path_(std::move(path)) {
    fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd_ < 0) throw_errno(path_.string(), "create it");
    const off_t end = ::lseek(fd_, 0, SEEK_END);
    size_ = end > 0 ? static_cast<std::uint64_t>(end) : 0;
  }
  ~PartFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  void clear() {
    if (::ftruncate(fd_, 0) != 0) throw_errno(path_.string(), "empty it");
    size_ = 0;
  }
  void append(std::string_view part) {
    while (!part.empty()) {
      const ssize_t n = ::pwrite(fd_, part.data(), part.size(), static_cast<off_t>(size_));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) throw_errno(path_.string(), "write it (what has arrived is kept: the next pull goes on from there)");
      size_ += static_cast<std::uint64_t>(n);
      part.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  /// All bytes to `take`, in pieces.
  template <class Take>
  void read(const CancelToken& cancel, Take&& take) const {
    std::vector<char> buffer(std::size_t{1} << 20);
    for (std::uint64_t at = 0; at < size_;) {
      cancel.check();
      const ssize_t n = ::pread(fd_, buffer.data(), buffer.size(), static_cast<off_t>(at));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) throw_errno(path_.string(), "read it");
      take(std::string_view(buffer.data(), static_cast<std::size_t>(n)));
      at += static_cast<std::uint64_t>(n);
    }
  }
  void move_to(const fs::path& target) {
    if (::fsync(fd_) != 0) throw_errno(path_.string(), "sync it");
    ::close(std::exchange(fd_, -1));
    if (::rename(path_.c_str(), target.c_str()) != 0) throw_errno(target.string(), "put the new file in its place");
  }
  void remove() noexcept { ::unlink(path_.c_str()); }

 private:
  fs::path path_;
  int fd_ = -1;
  std::uint64_t size_ = 0;
};

bool is_hash(std::string_view text, std::size_t n_digits) {
  return text.size() == n_digits && std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// The hash of the kind that `etag` is; empty if it is none.
std::string hash_like(std::string_view etag, const PartFile& part, const CancelToken& cancel) {
  if (is_hash(etag, 64)) {
    Sha256 hash;
    part.read(cancel, [&](std::string_view bytes) { hash.update(bytes); });
    return hash.hex();
  }
  if (is_hash(etag, 40)) {
    GitBlobHash hash(part.size());
    part.read(cancel, [&](std::string_view bytes) { hash.update(bytes); });
    return hash.hex();
  }
  return {};
}

bool is_there(const Blob& blob) {
  std::error_code ignored;
  return fs::is_regular_file(blob.file, ignored) && fs::file_size(blob.file, ignored) == blob.size;
}

void check_space(const Blob& blob, std::uint64_t n_bytes) {
  struct statvfs disk {};
  if (::statvfs(blob.file.parent_path().c_str(), &disk) != 0) return;
  const std::uint64_t free = static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
  if (n_bytes <= free) return;
  throw Error(ErrorCode::io, blob.name + " needs " + std::to_string(n_bytes) + " bytes, " + blob.file.parent_path().string() +
                                 " has room for " + std::to_string(free) + ": free some, or set HF_HUB_CACHE to another disk");
}

/// Where a 206 answer begins: "bytes 100-199/200" → 100.
bool begins_at(const HttpResponse& head, std::uint64_t offset) {
  return head.header("content-range").starts_with("bytes " + std::to_string(offset) + "-");
}

[[noreturn]] void throw_status(const Blob& blob, const HttpResponse& response) {
  const std::string said = quotable(response.header("x-error-message"), 200);
  throw Error(ErrorCode::io, blob.name + ": the server answers " + std::to_string(response.status) + (said.empty() ? "" : ": " + said));
}

class Download {
 public:
  Download(const HttpClient& client, const Blob& blob, PartFile& part, Context& context)
      : client_(client), blob_(blob), part_(part), context_(context) {}

  /// Until all bytes are there.
  void run() {
    int n_empty = 0;
    while (part_.size() < blob_.size || blob_.size == 0) {
      const std::uint64_t before = part_.size();
      const HttpResponse response =
          client_.send([&] { return next_request(); }, [&](const auto& head, auto bytes) { take(head, bytes); }, context_);
      if (response.status == 416 && before > 0) {
        restart();
        continue;
      }
      if (response.status < 200 || response.status > 299) throw_status(blob_, response);
      if (blob_.size == 0) return;
      n_empty = part_.size() > before ? 0 : n_empty + 1;
      if (n_empty == kEmptyRounds)
        throw Error(ErrorCode::io, blob_.name + ": the server sends " + std::to_string(part_.size()) + " of " + std::to_string(blob_.size) +
                                       " bytes; what has arrived is kept");
    }
  }
  [[nodiscard]] std::uint64_t n_fetched() const noexcept { return n_fetched_; }

 private:
  HttpRequest next_request() {
    HttpRequest request = blob_.request;
    request.max_bytes = std::numeric_limits<std::uint64_t>::max();  // take() knows better
    request.redirects = HttpRedirects::any;
    request.headers.push_back({"Accept-Encoding", "identity"});
    if (part_.size() > 0) request.headers.push_back({"Range", "bytes=" + std::to_string(part_.size()) + "-"});
    is_first_part_ = true;
    return request;
  }

  void take(const HttpResponse& head, std::string_view bytes) {
    if (std::exchange(is_first_part_, false)) {
      if (head.status != 206 && part_.size() > 0) restart();
      if (head.status == 206 && !begins_at(head, part_.size()))
        throw Error(ErrorCode::corrupt, blob_.name + ": asked for the bytes from " + std::to_string(part_.size()) +
                                            " on, the server sends '" + quotable(head.header("content-range"), 80) + "'");
    }
    if (bytes.size() > blob_.size - part_.size()) {
      part_.clear();
      throw Error(ErrorCode::corrupt,
                  blob_.name + ": the server sends more than the " + std::to_string(blob_.size) + " bytes it announced");
    }
    part_.append(bytes);
    n_fetched_ += bytes.size();
    context_.progress.advance(bytes.size());
  }

  /// A server that cannot go on sends all of it again.
  void restart() {
    context_.info(blob_.name + ": begun anew, the server does not go on from byte " + std::to_string(part_.size()));
    part_.clear();
  }

  const HttpClient& client_;
  const Blob& blob_;
  PartFile& part_;
  Context& context_;
  bool is_first_part_ = true;
  std::uint64_t n_fetched_ = 0;
};

}  // namespace

BlobReport download_blob(const HttpClient& client, const Blob& blob, Context& context) {
  BlobReport report;
  const bool has_hash = is_hash(blob.etag, 64) || is_hash(blob.etag, 40);
  const FileLock lock(blob.lock, context);
  if (is_there(blob)) {
    context.progress.advance(blob.size);
    return report;
  }
  PartFile part(blob.file.string() + ".incomplete");
  if (part.size() > blob.size) part.clear();
  check_space(blob, blob.size - part.size());
  for (std::uint64_t kept = part.size();; kept = 0) {
    context.progress.advance(kept);
    Download download(client, blob, part, context);
    download.run();
    report.n_fetched += download.n_fetched();
    report.state = kept > 0 && download.n_fetched() < blob.size ? "resumed" : "fetched";
    const std::string hash = hash_like(blob.etag, part, context.cancel);
    report.checked = has_hash;
    if (!has_hash || hash == blob.etag) break;
    part.clear();
    if (kept == 0) {
      part.remove();
      throw Error(ErrorCode::corrupt, blob.name + ": what arrived has the hash " + hash + ", the server announced " + blob.etag);
    }
    context.warn(blob.name + ": what was left of an earlier download is damaged: fetching it anew");
  }
  part.move_to(blob.file);
  return report;
}

}  // namespace akin::hub
