// One function a format: bytes (already unpacked) → documents. The table that chooses among them is in document.cc. Each is tested by the
// test of its own file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reading.h"

namespace akin::documents {

class OfficePackage;
class ZipArchive;

/// Paragraphs parted by blank lines; "CHAPTER IV." and its kind become headings; a Project Gutenberg header gives title and author.
std::vector<Document> read_text(std::string_view bytes, Reading& reading);
/// CommonMark with tables; front matter (YAML's "key: value" lines) becomes metadata.
std::vector<Document> read_markdown(std::string_view bytes, Reading& reading);
std::vector<Document> read_html(std::string_view bytes, Reading& reading);
/// In a child process of its own, with bounds on memory and time.
std::vector<Document> read_pdf(std::string_view bytes, Reading& reading);
/// Stretches between blank lines in front of unindented lines.
std::vector<Document> read_code(std::string_view bytes, Reading& reading);
/// RFC 4180; one document a record.
std::vector<Document> read_csv(std::string_view bytes, Reading& reading, char delimiter);
/// One JSON value, or an array with one document an element.
std::vector<Document> read_json(std::string_view bytes, Reading& reading);
/// One JSON value a line, one document each.
std::vector<Document> read_jsonl(std::string_view bytes, Reading& reading);

/// DOCX, PPTX, XLSX, ODT, ODS, ODP or EPUB, told by what the archive holds. Throws Error{unsupported} for other archives.
std::vector<Document> read_zip(std::string_view bytes, Reading& reading);
/// `part`: the package's main one.
std::vector<Document> read_docx(OfficePackage& package, const std::string& part, Reading& reading);
std::vector<Document> read_pptx(OfficePackage& package, const std::string& part, Reading& reading);
/// One document a sheet.
std::vector<Document> read_xlsx(OfficePackage& package, const std::string& part, Reading& reading);
/// `format`: "odt", "odp", or "ods" with one document a sheet.
std::vector<Document> read_odf(ZipArchive& archive, const std::string& format, Reading& reading);
/// One document a book.
std::vector<Document> read_epub(ZipArchive& archive, Reading& reading);

std::vector<Document> read_rtf(std::string_view bytes, Reading& reading);
std::vector<Document> read_notebook(std::string_view bytes, Reading& reading);
/// The message, then what is attached to it.
std::vector<Document> read_mail(std::string_view bytes, Reading& reading);
/// One document a message, with what is attached to each; uris are "<file>#<number>" and "<file>#<number>/<attachment>".
std::vector<Document> read_mbox(std::string_view bytes, Reading& reading);

/// A file of any format, told by its bytes and name: what lies in another file is read by this.
std::vector<Document> read_any(std::string_view bytes, Reading& reading);

/// Adds a page as a part of another document: without its title, metadata and lines. `charset` may be empty: the page's own word, else
/// UTF-8.
void add_html(DocumentBuilder& builder, std::string_view bytes, std::string_view charset, Reading& reading);
/// Adds Markdown as a part of another document, on a page of it. `text` is UTF-8.
void add_markdown(DocumentBuilder& builder, std::string_view text, std::uint32_t page, Reading& reading);

/// True for what has the form of a character reference: '&', letters and digits or '#', ';'.
bool is_entity(std::string_view text) noexcept;
/// The characters of an HTML character reference ("&amp;" → "&"); the reference itself if there is none of that name.
std::string decode_entity(std::string_view reference);

}  // namespace akin::documents
