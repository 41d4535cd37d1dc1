#include "pdf_text.h"

#include <fcntl.h>
#include <poll.h>
#include <poppler/cpp/poppler-document.h>
#include <poppler/cpp/poppler-page.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>
#include <new>
#include <optional>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define AKIN_SHADOW_MEMORY 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define AKIN_SHADOW_MEMORY 1
#endif
#endif

namespace akin::documents {
namespace {

// What the child writes: a tag, the length of the payload (host order: both ends are one program), the payload.
enum class Tag : char {
  info = 'I',
  page = 'P',
  line = 'L',
  encrypted = 'E',
  broken = 'B',
  too_many_pages = 'N',
  no_memory = 'M',
  done = 'D'
};

constexpr std::size_t kHeader = 1 + sizeof(std::uint32_t);

// ---- In the child. Nothing here may throw out of run_child() or take a lock of akin's.

class PipeWriter {
 public:
  explicit PipeWriter(int fd) : fd_(fd) {}
  void write(Tag tag, std::string_view payload = {}) {
    const auto size = static_cast<std::uint32_t>(payload.size());
    buffer_ += static_cast<char>(tag);
    buffer_.append(reinterpret_cast<const char*>(&size), sizeof size);
    buffer_ += payload;
    if (buffer_.size() > (1U << 15) || tag == Tag::done) flush();
  }
  void flush() {
    for (std::size_t at = 0; at < buffer_.size();) {
      const ssize_t n = ::write(fd_, buffer_.data() + at, buffer_.size() - at);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) _exit(2);  // the parent has given up
      at += static_cast<std::size_t>(n);
    }
    buffer_.clear();
  }

 private:
  int fd_;
  std::string buffer_;
};

std::string to_utf8(const poppler::ustring& text) {
  const poppler::byte_array bytes = text.to_utf8();
  return {bytes.data(), bytes.size()};
}

/// Puts the words of a page together to lines, by where they stand.
class LineBuilder {
 public:
  explicit LineBuilder(PipeWriter& out) : out_(out) {}

  void add(const poppler::text_box& box) {
    const poppler::rectf place = box.bbox();
    const double size = box.has_font_info() ? box.get_font_size() : 0;
    const double height = std::max(place.height(), 1.0);
    const bool same_line =
        !text_.empty() && std::abs(middle(place) - middle(last_)) < 0.5 * std::max(height, last_.height()) && place.x() >= last_.x();
    if (!same_line) {
      flush();
      const double gap = place.y() - last_.y();
      new_paragraph_ =
          !any_ || gap < -height || gap > 1.6 * std::max(height, last_.height()) || std::abs(size - size_) > 0.1 * std::max(size, size_);
      size_ = size;
    } else if (space_after_ || place.x() - last_.right() > 0.15 * height) {
      text_ += ' ';
    }
    text_ += to_utf8(box.text());
    space_after_ = box.has_space_after();
    last_ = place;
    any_ = true;
  }

  void flush() {
    if (text_.empty()) return;
    const auto size = static_cast<float>(size_);
    std::string payload(reinterpret_cast<const char*>(&size), sizeof size);
    payload += new_paragraph_ ? '\1' : '\0';
    payload += text_;
    out_.write(Tag::line, payload);
    text_.clear();
    space_after_ = false;
  }

 private:
  static double middle(const poppler::rectf& place) { return place.y() + place.height() / 2; }

  PipeWriter& out_;
  std::string text_;
  poppler::rectf last_;
  double size_ = 0;
  bool space_after_ = false;
  bool new_paragraph_ = true;
  bool any_ = false;
};

void extract(std::string_view bytes, std::size_t max_pages, PipeWriter& out) {
  poppler::set_debug_error_function([](const std::string&, void*) {}, nullptr);
  const std::unique_ptr<poppler::document> document(poppler::document::load_from_raw_data(bytes.data(), static_cast<int>(bytes.size())));
  if (document == nullptr) return out.write(Tag::broken);
  if (document->is_locked()) return out.write(Tag::encrypted);
  const int n_pages = document->pages();
  if (n_pages > 0 && static_cast<std::size_t>(n_pages) > max_pages) return out.write(Tag::too_many_pages, std::to_string(n_pages));
  const auto info = [&](const char* key, const poppler::ustring& value) {
    const std::string text = to_utf8(value);
    if (!text.empty()) out.write(Tag::info, std::string(key) + '\0' + text);
  };
  info("title", document->get_title());
  info("author", document->get_author());
  info("subject", document->get_subject());
  info("keywords", document->get_keywords());
  for (int i = 0; i < n_pages; ++i) {
    out.write(Tag::page);
    const std::unique_ptr<poppler::page> page(document->create_page(i));
    if (page == nullptr) continue;
    LineBuilder lines(out);
    for (const poppler::text_box& box : page->text_list(poppler::page::text_list_include_font)) lines.add(box);
    lines.flush();
  }
}

std::size_t address_space_in_use() {
  std::size_t pages = 0;
  if (const int fd = open("/proc/self/statm", O_RDONLY); fd >= 0) {
    char buffer[64] = {};
    if (read(fd, buffer, sizeof buffer - 1) > 0) pages = std::strtoull(buffer, nullptr, 10);
    close(fd);
  }
  return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

void set_limit(__rlimit_resource which, std::size_t value) {
  rlimit limit{};
  getrlimit(which, &limit);
  limit.rlim_cur = limit.rlim_max == RLIM_INFINITY ? value : std::min<rlim_t>(value, limit.rlim_max);
  setrlimit(which, &limit);
}

void confine(double seconds) {
  constexpr std::size_t kMemory = std::size_t{1} << 30;  // beyond what the child inherits; ordinary files need under 100 MB
  set_limit(RLIMIT_CORE, 0);
  set_limit(RLIMIT_FSIZE, 0);
  set_limit(RLIMIT_CPU, static_cast<std::size_t>(std::max(1.0, std::ceil(seconds))));
#if !defined(AKIN_SHADOW_MEMORY)
  set_limit(RLIMIT_AS, address_space_in_use() + kMemory);
#else
  (void)kMemory;
  (void)address_space_in_use;
#endif
}

[[noreturn]] void run_child(int fd, pid_t parent, std::string_view bytes, const Reading& reading) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(2);
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTERM}) ::signal(signal, SIG_DFL);
  for (const int signal : {SIGINT, SIGPIPE, SIGXFSZ}) ::signal(signal, SIG_IGN);  // Ctrl-C is the parent's to answer
  constexpr int kOut = 3;
  if (fd != kOut) dup2(fd, kOut);
  close_range(kOut + 1, ~0U, 0);
  for (const int standard : {0, 1, 2}) close(standard);
  if (open("/dev/null", O_RDWR) == 0) {
    dup2(0, 1);
    dup2(0, 2);
  }
  confine(reading.seconds_left());
  try {
    PipeWriter out(kOut);
    try {
      extract(bytes, reading.limits().max_pages, out);
    } catch (const std::bad_alloc&) {
      out.write(Tag::no_memory);
    }
    out.write(Tag::done);
  } catch (...) {
    _exit(3);
  }
  _exit(0);
}

// ---- In the parent.

struct Child {
  pid_t pid = -1;
  int fd = -1;
  ~Child() {
    if (fd >= 0) close(fd);
    if (pid > 0) {
      kill(pid, SIGKILL);
      wait();
    }
  }
  /// The child's status; none if somebody else has waited for it.
  std::optional<int> wait() {
    int status = 0;
    pid_t got = 0;
    while ((got = waitpid(pid, &status, 0)) < 0 && errno == EINTR) {
    }
    pid = -1;
    return got > 0 ? std::optional<int>(status) : std::nullopt;
  }
};

void start(Child& child, std::string_view bytes, const Reading& reading) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw_errno(reading.uri(), "make a pipe to read PDF");
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) run_child(ends[1], parent, bytes, reading);
  const int reason = errno;
  close(ends[1]);
  child.fd = ends[0];
  child.pid = pid;
  errno = reason;
  if (pid < 0) throw_errno(reading.uri(), "start a process to read PDF");
}

/// All that the child writes, until it ends or time is up.
std::string receive(Child& child, const Reading& reading) {
  std::string out;
  std::vector<char> buffer(1 << 16);
  for (;;) {
    reading.check_time();
    pollfd ready{child.fd, POLLIN, 0};
    const int wait_ms = static_cast<int>(std::clamp(reading.seconds_left() * 1000 + 1, 1.0, 1000.0));
    if (poll(&ready, 1, wait_ms) <= 0) continue;
    const ssize_t n = read(child.fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return out;
    out.append(buffer.data(), static_cast<std::size_t>(n));
    if (out.size() > 2 * reading.limits().max_text_bytes + (1U << 20))
      reading.fail(ErrorCode::limit, "holds more text than the bound of " + std::to_string(reading.limits().max_text_bytes) + " bytes");
  }
}

[[noreturn]] void fail_of_child(std::optional<int> status, const Reading& reading) {
  if (status && WIFSIGNALED(*status)) {
    const int signal = WTERMSIG(*status);
    if (signal == SIGXCPU || signal == SIGKILL) reading.fail(ErrorCode::limit, "reading this PDF took more time or memory than its bounds");
    reading.fail(ErrorCode::corrupt, "is a broken PDF: the PDF library failed on it (signal " + std::to_string(signal) + ")");
  }
  reading.fail(ErrorCode::corrupt, "is a broken PDF: the PDF library gave up on it");
}

class Parser {
 public:
  Parser(std::string_view stream, const Reading& reading) : stream_(stream), reading_(reading) {}

  /// False if the stream ends before the child said that it was done.
  bool parse(PdfText& out) {
    while (stream_.size() >= kHeader) {
      const Tag tag{stream_[0]};
      std::uint32_t size = 0;
      std::memcpy(&size, stream_.data() + 1, sizeof size);
      if (stream_.size() - kHeader < size) return false;
      const std::string_view payload = stream_.substr(kHeader, size);
      stream_.remove_prefix(kHeader + size);
      if (tag == Tag::done) return true;
      take(tag, payload, out);
    }
    return false;
  }

 private:
  void take(Tag tag, std::string_view payload, PdfText& out) const {
    switch (tag) {
      case Tag::info: {
        const std::size_t zero = payload.find('\0');
        if (zero != payload.npos) out.info.emplace_back(payload.substr(0, zero), payload.substr(zero + 1));
        break;
      }
      case Tag::page:
        out.pages.emplace_back();
        break;
      case Tag::line: {
        PdfLine line;
        if (payload.size() < sizeof line.font_size + 1 || out.pages.empty()) break;
        std::memcpy(&line.font_size, payload.data(), sizeof line.font_size);
        line.new_paragraph = payload[sizeof line.font_size] != '\0';
        line.text = payload.substr(sizeof line.font_size + 1);
        out.pages.back().push_back(std::move(line));
        break;
      }
      case Tag::encrypted:
        reading_.fail(ErrorCode::unsupported, "is an encrypted PDF, which needs a password");
      case Tag::too_many_pages:
        reading_.fail(ErrorCode::limit,
                      "has " + std::string(payload) + " pages, the bound is " + std::to_string(reading_.limits().max_pages));
      case Tag::no_memory:
        reading_.fail(ErrorCode::limit, "reading this PDF took more memory than its bound");
      case Tag::broken:
        reading_.fail(ErrorCode::corrupt, "is a broken PDF: no document in it");
      case Tag::done:
        break;
    }
  }

  std::string_view stream_;
  const Reading& reading_;
};

}  // namespace

PdfText extract_pdf(std::string_view bytes, const Reading& reading) {
  if (bytes.size() > (std::size_t{1} << 30)) reading.fail(ErrorCode::limit, "is a PDF of more than 1 GB");
  Child child;
  start(child, bytes, reading);
  const std::string stream = receive(child, reading);
  const std::optional<int> status = child.wait();
  PdfText text;
  if (!Parser(stream, reading).parse(text)) fail_of_child(status, reading);
  return text;
}

}  // namespace akin::documents
