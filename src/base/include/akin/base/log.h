// Where messages to a person go. The library never prints: the surfaces install a sink (the command writes to standard error).
// Tested by log_test.cc.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace akin {

enum class LogLevel { debug, info, warning };

/// Called with one line without a newline, possibly from several threads at once. An empty sink drops everything.
using LogSink = std::function<void(LogLevel level, std::string_view line)>;

/// "debug", "info", "warning".
std::string_view name_of(LogLevel level) noexcept;

}  // namespace akin
