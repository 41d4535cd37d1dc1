// Jupyter notebooks (nbformat 3 and 4) → blocks cell by cell, a cell's number as the page: Markdown as Markdown, code as code, and what the
// code printed. Pictures and other rich outputs are left out where they have no text. Tested by notebook_reader_test.cc.
#include <array>

#include "charset.h"
#include "json_parse.h"
#include "readers.h"

namespace akin::documents {
namespace {

using Json = nlohmann::json;

/// A member; null if `value` is no object or has none of the name.
const Json& member(const Json& value, const char* name) {
  static const Json kNull;
  if (!value.is_object()) return kNull;
  const auto at = value.find(name);
  return at == value.end() ? kNull : *at;
}

/// Text as notebooks keep it: a string, or lines in an array.
std::string text_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  std::string text;
  if (value.is_array())
    for (const Json& line : value)
      if (line.is_string()) text += line.get_ref<const std::string&>();
  return text;
}

/// Of a rich output only the plain text is read; the rest is left out before it takes memory.
bool is_read(const std::string& key) { return key == "text/plain" || key.find('/') == key.npos; }

class NotebookReader {
 public:
  NotebookReader(DocumentBuilder& builder, Reading& reading) : builder_(builder), reading_(reading) {}

  void read(const Json& notebook) {
    const Json& metadata = member(notebook, "metadata");
    builder_.set_title(text_of(member(metadata, "title")));
    builder_.meta("language", text_of(member(member(metadata, "language_info"), "name")));
    builder_.meta("language", text_of(member(member(metadata, "kernelspec"), "language")));
    std::string authors;
    if (const Json& list = member(metadata, "authors"); list.is_array())
      for (const Json& author : list)
        authors += (authors.empty() ? "" : ", ") + text_of(author.is_object() ? member(author, "name") : author);
    builder_.meta("author", authors);
    read_cells(member(notebook, "cells"));
    if (const Json& sheets = member(notebook, "worksheets"); sheets.is_array())
      for (const Json& sheet : sheets) read_cells(member(sheet, "cells"));
  }

 private:
  void read_cells(const Json& cells) {
    if (!cells.is_array()) return;
    for (const Json& cell : cells) {
      ++number_;
      reading_.check_time();
      read_cell(cell);
    }
  }

  void read_cell(const Json& cell) {
    const std::string type = text_of(member(cell, "cell_type"));
    const std::string source = text_of(member(cell, "source"));
    if (type == "markdown") {
      add_markdown(builder_, source, number_, reading_);
    } else if (type == "heading") {
      FlowText flow;
      flow.append(source, 0);
      const Json& level = member(cell, "level");
      builder_.heading(level.is_number_integer() ? level.get<int>() : 1, flow.take(), number_);
    } else if (type == "code") {
      builder_.add_code(source.empty() ? text_of(member(cell, "input")) : source, 0, number_);
      if (const Json& outputs = member(cell, "outputs"); outputs.is_array())
        for (const Json& output : outputs) builder_.add_code(output_text(output), 0, number_);
    } else {
      add_paragraphs(builder_, source, {.page = number_});
    }
  }

  static std::string output_text(const Json& output) {
    if (const std::string text = text_of(member(output, "text")); !text.empty()) return text;
    if (const std::string text = text_of(member(member(output, "data"), "text/plain")); !text.empty()) return text;
    const std::string error = text_of(member(output, "ename"));
    return error.empty() ? error : error + ": " + text_of(member(output, "evalue"));
  }

  DocumentBuilder& builder_;
  Reading& reading_;
  std::uint32_t number_ = 0;
};

}  // namespace

std::vector<Document> read_notebook(std::string_view bytes, Reading& reading) {
  const Decoded decoded = decode_verbatim(bytes);
  const Json notebook = parse_json(decoded.text, 1, reading, is_read);
  if (!member(notebook, "cells").is_array() && !member(notebook, "worksheets").is_array())
    reading.fail(ErrorCode::corrupt, "is a broken notebook: it has neither 'cells' nor 'worksheets'");
  DocumentBuilder builder(reading, "notebook");
  builder.count_invalid(decoded.n_invalid);
  NotebookReader(builder, reading).read(notebook);
  std::vector<Document> documents;
  documents.push_back(builder.finish());
  return documents;
}

}  // namespace akin::documents
