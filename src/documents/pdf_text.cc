#include "pdf_text.h"

#include <fcntl.h>
#include <poll.h>
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

#include "pdf_library.h"
#include "pdf_module.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define AKIN_SHADOW_MEMORY 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define AKIN_SHADOW_MEMORY 1
#endif
#endif

namespace akin::documents {
namespace {

// ---- In the child. Nothing here may throw out of run_child() or take a lock of akin's.

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
  const PdfLibrary& library = pdf_library();  // loaded by the parent already
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
  const int status = library.extract(bytes.data(), bytes.size(), reading.limits().max_pages, kOut);
  _exit(status);
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
  pdf_library();  // not in the child, where the loader's lock may be held by a thread that is not there
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
    while (stream_.size() >= kPdfHeader) {
      const PdfTag tag{stream_[0]};
      std::uint32_t size = 0;
      std::memcpy(&size, stream_.data() + 1, sizeof size);
      if (stream_.size() - kPdfHeader < size) return false;
      const std::string_view payload = stream_.substr(kPdfHeader, size);
      stream_.remove_prefix(kPdfHeader + size);
      if (tag == PdfTag::done) return true;
      take(tag, payload, out);
    }
    return false;
  }

 private:
  void take(PdfTag tag, std::string_view payload, PdfText& out) const {
    switch (tag) {
      case PdfTag::info: {
        const std::size_t zero = payload.find('\0');
        if (zero != payload.npos) out.info.emplace_back(payload.substr(0, zero), payload.substr(zero + 1));
        break;
      }
      case PdfTag::page:
        out.pages.emplace_back();
        break;
      case PdfTag::line: {
        PdfLine line;
        if (payload.size() < sizeof line.font_size + 1 || out.pages.empty()) break;
        std::memcpy(&line.font_size, payload.data(), sizeof line.font_size);
        line.new_paragraph = payload[sizeof line.font_size] != '\0';
        line.text = payload.substr(sizeof line.font_size + 1);
        out.pages.back().push_back(std::move(line));
        break;
      }
      case PdfTag::encrypted:
        reading_.fail(ErrorCode::unsupported, "is an encrypted PDF, which needs a password");
      case PdfTag::too_many_pages:
        reading_.fail(ErrorCode::limit,
                      "has " + std::string(payload) + " pages, the bound is " + std::to_string(reading_.limits().max_pages));
      case PdfTag::no_memory:
        reading_.fail(ErrorCode::limit, "reading this PDF took more memory than its bound");
      case PdfTag::broken:
        reading_.fail(ErrorCode::corrupt, "is a broken PDF: no document in it");
      case PdfTag::done:
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
