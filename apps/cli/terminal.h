// The one place that touches standard output and standard error: checked writes, colours on a terminal only (and never with NO_COLOR),
// the progress bar, tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "akin/base/log.h"
#include "akin/base/progress.h"

namespace akin::cli {

bool stdin_is_terminal();
bool stdout_is_terminal();
bool stderr_is_terminal();
/// Columns of the terminal, 80 where there is none.
int terminal_columns();

/// Writes to standard output. Throws Error{io} where that fails (a full disk behind a redirection).
void print(std::string_view text);
/// One JSON value and a newline; indented on a terminal, one line in a pipe. Invalid UTF-8 becomes U+FFFD.
void print_json(const nlohmann::json& value);
/// A JSON value on one line, invalid UTF-8 as U+FFFD.
std::string json_text(const nlohmann::json& value);
/// An object on one line whose last member is an array of `items`, which are JSON already ("1,2,3").
std::string json_text(const nlohmann::json& object, const std::string& name, const std::string& items);
/// Always one line: for JSONL.
void print_json_line(const nlohmann::json& value);
/// Pushes out what is buffered; call before a successful exit. Throws as print().
void finish_output();
/// One line to standard error. Clears the bar first.
void print_error_line(std::string_view line);

// Styles: escape codes on a colour terminal, the bare text elsewhere.
std::string bold(std::string_view text);
std::string dim(std::string_view text);
std::string green(std::string_view text);
std::string yellow(std::string_view text);

/// Rows of cells in aligned columns; columns of numbers (cells that begin with a digit or '-') to the right.
struct Table {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  [[nodiscard]] std::string text() const;
};

/// "1,234,567".
std::string grouped(std::uint64_t number);
/// "12.3 MB".
std::string bytes_text(std::uint64_t bytes);
/// "0.85 s", "2 min 5 s".
std::string seconds_text(double seconds);
/// Fixed with `digits` decimals.
std::string fixed(double value, int digits);
/// At most `columns` columns (code points; wide ones count double), "…" where cut; line ends become spaces.
std::string shortened(std::string_view text, std::size_t columns);
/// How many columns a text takes on a terminal: wide East Asian characters two, combining marks none.
std::size_t display_width(std::string_view text);

/// A bar on standard error if that is a terminal, else a function that is empty.
Progress::Report progress_bar();
/// Warnings to standard error as "akin: warning: …"; information too if `verbose`.
LogSink log_to_stderr(bool verbose);

}  // namespace akin::cli
