// CSV and TSV (RFC 4180): a record is a document, its text "field: value" lines, its short values metadata.
// The first row gives the fields' names if all its cells are filled, different and no numbers; else they are "column 1", ….
// Tested by csv_reader_test.cc.
#include <algorithm>
#include <array>
#include <cstdint>

#include "charset.h"
#include "readers.h"
#include "record.h"

namespace akin::documents {
namespace {

struct Row {
  std::vector<std::string> cells;
  std::uint32_t line = 0;
};

class CsvParser {
 public:
  CsvParser(std::string_view text, char delimiter, const Reading& reading) : text_(text), delimiter_(delimiter), reading_(reading) {}

  /// False at the end. Blank lines are passed over.
  bool next(Row& row) {
    while (at_ < text_.size() && text_[at_] == '\n') {
      ++at_;
      ++line_;
    }
    if (at_ >= text_.size()) return false;
    row.cells.clear();
    row.line = line_;
    while (next_cell(row)) {
    }
    return true;
  }

 private:
  // More columns than any table made for people; bounds the cost of a line of commas.
  static constexpr std::size_t kMaxColumns = 20000;

  /// Reads one cell with what ends it; false after the last one of the row.
  bool next_cell(Row& row) {
    if (row.cells.size() == kMaxColumns)
      reading_.fail(ErrorCode::limit, place(row.line) + "more than " + std::to_string(kMaxColumns) + " columns");
    std::string& cell = row.cells.emplace_back();
    if (at_ < text_.size() && text_[at_] == '"') quoted(cell, row.line);
    const std::array<char, 2> ends = {delimiter_, '\n'};
    const std::size_t end = std::min(text_.find_first_of(std::string_view(ends.data(), 2), at_), text_.size());
    cell += text_.substr(at_, end - at_);
    at_ = end + 1;
    if (end < text_.size() && text_[end] == delimiter_) return true;
    ++line_;
    return false;
  }

  void quoted(std::string& cell, std::uint32_t row_line) {
    ++at_;
    for (;;) {
      const std::size_t quote = text_.find('"', at_);
      if (quote == text_.npos) reading_.fail(ErrorCode::corrupt, place(row_line) + "a quoted cell is never closed");
      const std::string_view piece = text_.substr(at_, quote - at_);
      line_ += static_cast<std::uint32_t>(std::count(piece.begin(), piece.end(), '\n'));
      cell += piece;
      at_ = quote + 1;
      if (at_ >= text_.size() || text_[at_] != '"') return;
      cell += '"';
      ++at_;
    }
  }

  static std::string place(std::uint32_t line) { return "line " + std::to_string(line) + ": "; }

  std::string_view text_;
  char delimiter_;
  const Reading& reading_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
};

/// Semicolons are what spreadsheets of half of Europe write into .csv files.
char delimiter_of(std::string_view text, char delimiter) {
  const std::string_view first = text.substr(0, std::min(text.find('\n'), text.size()));
  if (delimiter != ',' || first.find(',') != first.npos) return delimiter;
  if (first.find(';') != first.npos) return ';';
  return first.find('\t') != first.npos ? '\t' : ',';
}

}  // namespace

std::vector<Document> read_csv(std::string_view bytes, Reading& reading, char delimiter) {
  const Decoded decoded = decode_text(bytes);
  CsvParser parser(decoded.text, delimiter_of(decoded.text, delimiter), reading);
  std::vector<Document> documents;
  std::vector<std::string> names;
  Row row;
  bool first = true;
  while (parser.next(row)) {
    if (documents.size() % 4096 == 0) reading.check_time();
    if (std::exchange(first, false) && is_header_row(row.cells)) {
      for (const std::string& cell : row.cells) names.emplace_back(trimmed(cell));
      continue;
    }
    Record record(reading, "csv", documents.size() + 1, row.line);
    for (std::size_t i = 0; i < row.cells.size(); ++i)
      record.field(i < names.size() ? names[i] : "column " + std::to_string(i + 1), row.cells[i]);
    documents.push_back(record.finish());
    if (documents.size() == 1) documents.front().n_invalid = decoded.n_invalid;
  }
  return documents;
}

}  // namespace akin::documents
