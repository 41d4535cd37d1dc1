// The one exception of akin: a code for the program and one line for the person. Tested by error_test.cc.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace akin {

enum class ErrorCode {
  invalid_argument,  ///< a broken contract or a wrong option
  not_found,         ///< a file, model, tensor, document that is not there
  corrupt,           ///< bytes that break the rules of their format
  unsupported,       ///< well formed, but of a kind that akin does not run
  io,                ///< the operating system refused to read or write
  mismatch,          ///< vectors of different spaces, shapes that disagree
  busy,              ///< another process holds what is wanted
  limit,             ///< a bound on size, depth or time was passed
  cancelled,         ///< the caller asked to stop
};

/// The code's name as written in JSON and logs: "invalid_argument", …
std::string_view name_of(ErrorCode code) noexcept;

/// What akin throws. The message is one line: what was wrong, where, what was wanted, what was found.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  [[nodiscard]] ErrorCode code() const noexcept { return code_; }

 private:
  ErrorCode code_;
};

/// Throws Error{io} (Error{not_found} if there is no such file or folder) for a failed system call: "<path>: cannot <action>: <reason of
/// errno>".
[[noreturn]] void throw_errno(std::string_view path, std::string_view action);

/// Throws Error{invalid_argument} with `message` unless `condition` holds. For the checks at public entries.
inline void require(bool condition, const char* message) {
  if (!condition) throw Error(ErrorCode::invalid_argument, message);
}

namespace detail {
[[noreturn]] void check_failed(const char* expression, const char* file, int line) noexcept;
}

// Inner loops are noexcept and check only in debug and sanitizer builds.
#if defined(AKIN_CHECKED) || !defined(NDEBUG)
#define AKIN_DCHECK(expression) ((expression) ? void() : ::akin::detail::check_failed(#expression, __FILE__, __LINE__))
#else
#define AKIN_DCHECK(expression) void()
#endif

}  // namespace akin
