#include "terminal.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <nlohmann/json.hpp>

#include "akin/base/error.h"
#include "akin/base/utf8.h"

namespace akin::cli {
namespace {

// Guards standard error: the bar and the log may come from several threads.
std::mutex& error_mutex() {
  static std::mutex mutex;
  return mutex;
}
bool& bar_is_shown() {
  static bool shown = false;
  return shown;
}

bool wants_colour(int fd) {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  if (no_colour != nullptr && *no_colour != '\0') return false;
  if (term == nullptr || std::string_view(term) == "dumb") return false;
  return ::isatty(fd) == 1;
}

std::string styled(std::string_view code, std::string_view text) {
  static const bool on = wants_colour(STDOUT_FILENO);
  if (!on) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

void clear_bar() {
  if (!bar_is_shown()) return;
  std::fputs("\r\x1b[K", stderr);
  bar_is_shown() = false;
}

bool looks_like_number(const std::string& cell) {
  return !cell.empty() && (cell[0] == '-' || (cell[0] >= '0' && cell[0] <= '9')) && cell.find_first_of("/:") == std::string::npos;
}

std::string printf_text(const char* format, double value) {
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), format, value);
  return buffer.data();
}

std::size_t width_of(char32_t c) {
  if ((c >= 0x0300 && c <= 0x036F) || c == 0x200D || (c >= 0xFE00 && c <= 0xFE0F)) return 0;
  const bool wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
                    (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
                    (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD);
  return wide ? 2 : 1;
}

}  // namespace

bool stdin_is_terminal() { return ::isatty(STDIN_FILENO) == 1; }
bool stdout_is_terminal() { return ::isatty(STDOUT_FILENO) == 1; }
bool stderr_is_terminal() { return ::isatty(STDERR_FILENO) == 1; }

int terminal_columns() {
  winsize size{};
  for (const int fd : {STDOUT_FILENO, STDERR_FILENO})
    if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 20) return size.ws_col;
  return 80;
}

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) throw_errno("standard output", "write");
}

void print_json(const nlohmann::json& value) {
  print(value.dump(stdout_is_terminal() ? 2 : -1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

std::string json_text(const nlohmann::json& value) { return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace); }

std::string json_text(const nlohmann::json& object, const std::string& name, const std::string& items) {
  std::string text = json_text(object);
  text.pop_back();
  return text + ",\"" + name + "\":[" + items + "]}";
}

void print_json_line(const nlohmann::json& value) { print(json_text(value) + "\n"); }

void finish_output() {
  if (std::fflush(stdout) != 0) throw_errno("standard output", "write");
}

void print_error_line(std::string_view line) {
  const std::lock_guard lock(error_mutex());
  std::fflush(stdout);
  clear_bar();
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fputc('\n', stderr);
}

std::string bold(std::string_view text) { return styled("1", text); }
std::string dim(std::string_view text) { return styled("2", text); }
std::string green(std::string_view text) { return styled("32", text); }
std::string yellow(std::string_view text) { return styled("33", text); }

std::string Table::text() const {
  std::vector<std::size_t> widths(header.size());
  std::vector<bool> right(header.size(), true);
  for (std::size_t c = 0; c < header.size(); ++c) widths[c] = display_width(header[c]);
  for (const auto& row : rows)
    for (std::size_t c = 0; c < row.size(); ++c) {
      widths[c] = std::max(widths[c], display_width(row[c]));
      if (!row[c].empty() && !looks_like_number(row[c])) right[c] = false;
    }
  std::string out;
  const auto add_row = [&](const std::vector<std::string>& row, bool is_header) {
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string padding(widths[c] - display_width(row[c]), ' ');
      const bool last = c + 1 == row.size();
      line += right[c] ? padding + row[c] : row[c] + (last ? "" : padding);
      if (!last) line += "  ";
    }
    out += (is_header ? bold(line) : line) + "\n";
  };
  if (!header.empty()) add_row(header, true);
  for (const auto& row : rows) add_row(row, false);
  return out;
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t end = digits.size(); end > 3; end -= 3) digits.insert(end - 3, ",");
  return digits;
}

std::string bytes_text(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> kUnits = {"B", "kB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1000 && unit + 1 < kUnits.size()) value /= 1000, ++unit;
  return printf_text(unit == 0 ? "%.0f " : "%.1f ", value) + kUnits[unit];
}

std::string seconds_text(double seconds) {
  if (seconds < 0.1) return printf_text("%.1f ms", seconds * 1000);
  if (seconds < 60) return printf_text("%.2f s", seconds);
  const auto whole = static_cast<std::uint64_t>(seconds);
  return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
}

std::string fixed(double value, int digits) {
  std::array<char, 512> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.*f", digits, value);
  return buffer.data();
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  bool in_escape = false;
  for (std::size_t i = 0; i < text.size();) {
    const DecodedChar c = decode_utf8(text, i);
    i += c.length;
    if (c.code_point == 0x1B) in_escape = true;
    if (!in_escape) width += width_of(c.code_point);
    if (in_escape && c.code_point == U'm') in_escape = false;
  }
  return width;
}

std::string shortened(std::string_view text, std::size_t columns) {
  std::string out;
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const DecodedChar c = decode_utf8(text, i);
    const bool control = c.code_point < 0x20 || c.code_point == 0x7F;
    const std::size_t w = width_of(c.code_point);
    const bool is_last = i + c.length >= text.size();
    if (width + w + (is_last ? 0 : 1) > columns) return out + "…";
    append_utf8(out, control ? U' ' : c.code_point);
    width += w;
    i += c.length;
  }
  return out;
}

Progress::Report progress_bar() {
  const char* term = std::getenv("TERM");
  if (::isatty(STDERR_FILENO) != 1 || (term != nullptr && std::string_view(term) == "dumb")) return {};
  return [](const ProgressState& state, bool finished) {
    const std::lock_guard lock(error_mutex());
    clear_bar();
    if (finished) return;
    std::fputs(progress_line(state, terminal_columns() - 1).c_str(), stderr);
    bar_is_shown() = true;
  };
}

LogSink log_to_stderr(bool verbose) {
  return [verbose](LogLevel level, std::string_view line) {
    if (level == LogLevel::warning) print_error_line("akin: warning: " + std::string(line));
    if (level == LogLevel::info && verbose) print_error_line("akin: " + std::string(line));
  };
}

}  // namespace akin::cli
