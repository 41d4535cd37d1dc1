// Whether SQLite's write-ahead log is what was written to it. SQLite takes a frame whose checksum is wrong for the end of the log, as a
// crash leaves it, and passes over what stands behind: a flipped bit would take back the commits behind it without a word. Frames behind
// such a place that belong to the same log tell the two apart, and so does a single bit whose turning makes the checksum right: 64 bits of
// checksum leave no room for chance. Format: https://www.sqlite.org/fileformat2.html#walformat.
// Tested by log_check_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

namespace akin::store {

struct LogState {
  std::uint64_t n_frames = 0;              ///< good ones from the beginning
  std::string damage;                      ///< one line naming file and place; empty if the log ends as logs do
  std::string doubt;                       ///< the last frame is whole but wrong: an interrupted write, or damage to the last commit
  std::optional<std::uint64_t> wrong_bit;  ///< 8 · offset + bit, if the damage is one bit and no other explains it
};

/// Reads the whole log, if there is one. Nobody may be writing. Throws Error{io}.
LogState check_log(const std::filesystem::path& log);
/// The same for bytes; `name` stands for the file.
LogState check_log(std::span<const std::byte> bytes, const std::string& name);
/// Turns single wrong bits back, one after the other; how many. Nobody has the database open. Throws Error{io}.
std::size_t mend_log(const std::filesystem::path& log);

}  // namespace akin::store
