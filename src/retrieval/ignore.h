// What indexing passes over: the rules of .akinignore files, which are written as gitignore's are and mean the same ("*.log", "/build/",
// "!keep.log", "docs/**/old"), and a short list for every folder that such a file can take back. Tested by ignore_test.cc; compared with
// git itself by tests/peers/ignore.py.
//
// A pattern without '/' (but at its end) is for names at every level, another one for paths from the file's folder on; '/' at the end is
// for folders alone; '!' takes back. The last rule of the deepest file that says anything decides, and nothing under a folder that is
// passed over is looked at. Names are bytes, capitals count.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace akin::retrieval {

inline constexpr std::string_view kIgnoreFile = ".akinignore";

/// Whether a name matches a pattern of '*', '?', '[a-z]' and '\'. Never more than (pattern × name) steps.
bool matches_glob(std::string_view pattern, std::string_view name) noexcept;

/// The rules of one file.
class IgnoreRules {
 public:
  /// Throws Error{limit} naming `file` for a line of more than 4096 bytes or more than 10,000 rules.
  IgnoreRules(std::string_view text, const std::string& file);

  /// Whether the path (from the file's folder on, parts parted by '/') is passed over; nothing if no rule is about it.
  [[nodiscard]] std::optional<bool> verdict(std::string_view path, bool is_folder) const;
  [[nodiscard]] bool empty() const noexcept { return rules_.empty(); }

 private:
  struct Rule {
    std::vector<std::string> parts;  ///< "**" stands for any folders
    bool takes_back = false;
    bool folders_only = false;
    bool any_level = false;  ///< parts[0] is for the last part of the path
  };

  void add(std::string_view line);

  std::vector<Rule> rules_;
};

/// The rules that hold in a folder: its own and those of the folders above it.
struct IgnoreChain {
  std::shared_ptr<const IgnoreChain> above;  ///< null: the list for every folder
  std::string folder;
  IgnoreRules rules;
};

/// `path`: absolute, in the chain's folder. Does not look at the folders above it.
bool is_ignored(const IgnoreChain* chain, std::string_view path, bool is_folder);

/// The chain of a folder, given that of the folder above it; the same one if the folder has no rules of its own. Throws Error{io},
/// Error{limit} if there is a file that cannot be read.
std::shared_ptr<const IgnoreChain> chain_of(const std::string& folder, std::shared_ptr<const IgnoreChain> above);

/// The list for every folder, as the lines of a file.
std::string_view default_rules() noexcept;

}  // namespace akin::retrieval
