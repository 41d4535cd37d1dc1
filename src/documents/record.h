// One record of a CSV or JSON file as a document: fields by name → title, texts, metadata. Tested by record_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reading.h"

namespace akin::documents {

class Record {
 public:
  /// `number` is 1-based; the document's uri is "<file>#<number>" unless a field "id" or "_id" names the record.
  Record(Reading& reading, std::string format, std::size_t number, std::uint32_t line);

  /// Adds a field. "title" (or name, headline, subject) titles the document; short values of one line become metadata.
  void field(const std::string& name, std::string_view value);
  /// As field(), for a value that is the record's prose: its paragraphs stand without "name: ".
  void prose(std::string_view value);
  Document finish();

 private:
  struct Field {
    std::string text;  ///< "name: value"
    bool is_short;
    bool is_title;
  };

  Reading& reading_;
  DocumentBuilder builder_;
  std::size_t number_;
  std::uint32_t line_;
  std::string id_;
  std::string title_;
  std::vector<std::string> prose_;
  std::vector<Field> fields_;
};

/// True for the names under which corpora keep a record's text: text, body, content, contents, abstract, passage.
bool is_prose_field(std::string_view name);

/// Whether a table's first row names its columns: all cells are filled, different, short and no numbers.
bool is_header_row(std::span<const std::string> cells);

}  // namespace akin::documents
