#include "akin/base/error.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

namespace akin {

std::string_view name_of(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::invalid_argument:
      return "invalid_argument";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::corrupt:
      return "corrupt";
    case ErrorCode::unsupported:
      return "unsupported";
    case ErrorCode::io:
      return "io";
    case ErrorCode::mismatch:
      return "mismatch";
    case ErrorCode::busy:
      return "busy";
    case ErrorCode::limit:
      return "limit";
    case ErrorCode::cancelled:
      return "cancelled";
  }
  return "unknown";
}

void throw_errno(std::string_view path, std::string_view action) {
  const int code = errno;
  throw Error(code == ENOENT || code == ENOTDIR ? ErrorCode::not_found : ErrorCode::io,
              std::string(path) + ": cannot " + std::string(action) + ": " + std::generic_category().message(code));
}

namespace detail {
void check_failed(const char* expression, const char* file, int line) noexcept {
  std::fprintf(stderr, "%s:%d: check failed: %s\n", file, line, expression);
  std::abort();
}
}  // namespace detail

}  // namespace akin
