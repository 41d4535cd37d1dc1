// A file as text with structure. What every document reader gives, whatever the format. Tested by document_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace akin {

/// What a stretch of text is: chunks do not cross from one heading's section to another and keep rows, code and paragraphs whole if they
/// fit.
enum class BlockKind { heading, paragraph, list_item, code, table_row, quote };

/// From byte `offset` of a block's text on, the characters come from source line `line`.
struct LineMark {
  std::uint32_t offset = 0;
  std::uint32_t line = 0;
  friend bool operator==(const LineMark&, const LineMark&) = default;
};

/// One stretch of text and where it stands in the source.
struct Block {
  BlockKind kind = BlockKind::paragraph;
  std::string text;                   ///< valid UTF-8, no markup
  int level = 0;                      ///< of a heading: 1–6
  std::vector<std::string> headings;  ///< path of headings above it, outermost first
  std::uint32_t page = 0;             ///< page, slide, sheet, …, 1-based: place_text() says of what; 0 where the format has none
  std::uint32_t line = 0;             ///< 1-based line in the source; 0 where the format has none
  std::vector<LineMark> line_marks;   ///< where further source lines begin, for text joined from several; code keeps its line ends instead
};

/// Where a block or chunk stands, in the format's words: "page 3", "slide 3", "sheet 2, row 14", "cell 4", "part 2" (of what a book's
/// reading order lists), "line 7". Empty if both numbers are 0.
std::string place_text(std::string_view format, std::uint32_t page, std::uint32_t line);

/// The source line of the character at `offset` of the block's text; 0 where the format has no lines.
std::uint32_t line_at(const Block& block, std::size_t offset) noexcept;

/// A document: one file, or one record of a CSV or JSONL file.
struct Document {
  std::string uri;     ///< the path as given; records add "#<1-based record number>" or "#<id>"
  std::string title;   ///< from the document itself, else the file name
  std::string format;  ///< "text", "markdown", "html", "pdf", "code", "csv", "jsonl", "docx", "epub", "mail", … (docs/guides/documents.md)
  std::vector<std::pair<std::string, std::string>> metadata;  ///< author, language, record fields, …; sorted by key
  std::vector<Block> blocks;
  std::size_t n_invalid = 0;  ///< malformed UTF-8 subparts replaced
};

/// Bounds that hostile files run into. A file over a bound is refused with Error{limit}, never partly read.
struct ReadLimits {
  std::size_t max_file_bytes = std::size_t{256} << 20;
  std::size_t max_text_bytes = std::size_t{128} << 20;  ///< of extracted text
  std::size_t max_pages = 20000;
  std::size_t max_depth = 400;  ///< nesting of markup
  double max_seconds = 60;      ///< for one file
  std::size_t max_records = 10'000'000;
};

/// Reads one file, its format told by content and name. Throws Error{unsupported} for a kind it does not read ("a ZIP archive", "encrypted
/// PDF", …), Error{corrupt}, Error{limit}, Error{io}, Error{not_found}; each message names the file. Files ending .gz are unpacked (within
/// the bounds).
std::vector<Document> read_documents(const std::filesystem::path& path, const ReadLimits& limits = {});

/// The same for bytes in memory; `uri` gives the name and ending.
std::vector<Document> read_documents(std::string_view bytes, const std::string& uri, const ReadLimits& limits = {});

/// The formats read, with their endings, for help texts.
std::string supported_formats();

}  // namespace akin
