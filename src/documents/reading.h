// What all readers share: the file being read with its bounds, text folded from source lines, and the building of a document's blocks.
// Tested by reading_test.cc.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "akin/base/error.h"
#include "akin/documents/document.h"

namespace akin::documents {

/// One file while it is read: its name, its bounds, and what has been used of them.
class Reading {
 public:
  Reading(std::string uri, const ReadLimits& limits);
  /// For a file that lies in this one: it shares what is left of time and text. Throws Error{limit} beyond 8 files in each other.
  [[nodiscard]] Reading inside(std::string uri) const;

  [[nodiscard]] const std::string& uri() const noexcept { return uri_; }
  /// The file name without folders and without ".gz" or ".zst".
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// The ending of name() in lower case, without the dot; empty if there is none.
  [[nodiscard]] const std::string& ending() const noexcept { return ending_; }
  [[nodiscard]] const ReadLimits& limits() const noexcept { return limits_; }

  /// Counts extracted text. Throws Error{limit} once there is more than max_text_bytes.
  void charge(std::size_t bytes);
  /// Throws Error{limit} once max_seconds have passed.
  void check_time() const;
  [[nodiscard]] double seconds_left() const noexcept;
  /// Throws Error{limit} if `depth` is more than max_depth.
  void check_depth(std::size_t depth) const;
  /// Throws Error{code, "<uri>: <message>"}.
  [[noreturn]] void fail(ErrorCode code, const std::string& message) const;

 private:
  std::string uri_;
  std::string name_;
  std::string ending_;
  ReadLimits limits_;
  std::size_t charged_ = 0;
  std::size_t n_outer_ = 0;  // files that this one lies in
  std::chrono::steady_clock::time_point end_;
};

/// A finished stretch of text with the source lines it came from.
struct Flow {
  std::string text;
  std::uint32_t line = 0;
  std::vector<LineMark> marks;
};

/// Gathers text in which runs of white space become one space, and remembers where each source line begins.
class FlowText {
 public:
  /// `line` is the source line of the first character (0: no lines); a line end in `piece` counts it up.
  void append(std::string_view piece, std::uint32_t line);
  /// A wanted line end (<br>): kept as one.
  void line_break();
  /// Text set between pieces (" | " between cells), dropped at the ends.
  void separator(std::string_view text);
  [[nodiscard]] bool empty() const noexcept { return flow_.text.empty(); }
  /// The text without white space at its ends; starts over.
  Flow take();

 private:
  void mark(std::uint32_t line);

  Flow flow_;
  std::string gap_;  ///< what stands between the last character and the next one
};

/// Builds one document block by block: keeps the path of headings, charges the bounds, drops empty blocks.
class DocumentBuilder {
 public:
  DocumentBuilder(Reading& reading, std::string format);

  void heading(int level, Flow flow, std::uint32_t page = 0);
  void add(BlockKind kind, Flow flow, std::uint32_t page = 0);
  /// Code: line ends and indentation are kept, white space at line ends and empty lines at both ends are not.
  void add_code(std::string_view code, std::uint32_t line, std::uint32_t page = 0);
  /// The page (slide, part, …) of blocks that are given none, from here on.
  void set_page(std::uint32_t page) { page_ = page; }
  /// What follows stands under no heading.
  void leave_headings() { path_.clear(); }
  void set_title(std::string title);
  /// An empty value is left out; of a key given twice, the first stays.
  void meta(std::string key, std::string value);
  void set_uri(std::string uri) { document_.uri = std::move(uri); }
  void count_invalid(std::size_t n) { document_.n_invalid += n; }
  [[nodiscard]] bool has_title() const noexcept { return !document_.title.empty(); }
  /// Sorts the metadata; without a title takes the first heading of level 1, else the file's name.
  Document finish();

 private:
  void push(Block block);

  Reading& reading_;
  Document document_;
  std::vector<std::pair<int, std::string>> path_;
  std::uint32_t page_ = 0;
};

/// `text` without ASCII white space at its ends.
std::string_view trimmed(std::string_view text) noexcept;
std::string to_lower_ascii(std::string_view text);
/// True for space, tab, line ends, form feed and vertical tab.
constexpr bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Where a stretch of text without lines of its own stands.
struct Place {
  std::uint32_t line = 0;
  std::uint32_t page = 0;
};
/// Adds paragraphs parted by blank lines, their lines joined, all at `place`.
void add_paragraphs(DocumentBuilder& builder, std::string_view text, Place place);

}  // namespace akin::documents
