// The way of a file: bounds, unpacking, what it is, its reader.
#include "akin/documents/document.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <new>

#include "akin/base/mapped_file.h"
#include "mime.h"
#include "readers.h"
#include "reading.h"
#include "sniff.h"
#include "unpack_file.h"
#include "zip_archive.h"

namespace akin {
namespace {

using namespace documents;

std::vector<Document> read_as(Format format, std::string_view bytes, Reading& reading) {
  switch (format) {
    case Format::text:
      return read_text(bytes, reading);
    case Format::markdown:
      return read_markdown(bytes, reading);
    case Format::html:
      return read_html(bytes, reading);
    case Format::pdf:
      return read_pdf(bytes, reading);
    case Format::code:
      return read_code(bytes, reading);
    case Format::csv:
      return read_csv(bytes, reading, ',');
    case Format::tsv:
      return read_csv(bytes, reading, '\t');
    case Format::json:
      return read_json(bytes, reading);
    case Format::jsonl:
      return read_jsonl(bytes, reading);
    case Format::notebook:
      return read_notebook(bytes, reading);
    case Format::mail:
      return read_mail(bytes, reading);
    case Format::mbox:
      return read_mbox(bytes, reading);
  }
  reading.fail(ErrorCode::unsupported, "unknown format");
}

}  // namespace

namespace documents {

std::vector<Document> read_any(std::string_view bytes, Reading& reading) {
  if (bytes.size() > reading.limits().max_file_bytes)
    reading.fail(ErrorCode::limit,
                 "has " + std::to_string(bytes.size()) + " bytes, the bound is " + std::to_string(reading.limits().max_file_bytes));
  std::string unpacked;
  if (const Packing packing = packing_of(bytes); packing != Packing::none) {
    unpacked = unpack_file(bytes, packing, reading);
    bytes = unpacked;
    if (packing_of(bytes) != Packing::none) reading.fail(ErrorCode::unsupported, "packed data inside packed data, akin unpacks once");
  }
  if (is_zip(bytes)) return read_zip(bytes, reading);
  if (bytes.starts_with("{\\rtf")) return read_rtf(bytes, reading);
  if (is_mail_ending(reading.ending()) && !is_pdf(bytes)) return is_mbox(bytes) ? read_mbox(bytes, reading) : read_mail(bytes, reading);
  if (const std::string what = describe_binary(bytes); !what.empty())
    reading.fail(ErrorCode::unsupported, "is " + what + (what.ends_with("password") ? "" : ", which akin does not read"));
  if (is_pdf(bytes)) return read_pdf(bytes, reading);
  if (reading.ending() == "pdf") reading.fail(ErrorCode::corrupt, "has no PDF header ('%PDF-') in its first 1024 bytes");
  if (is_binary(bytes)) reading.fail(ErrorCode::unsupported, "is binary data of an unknown kind");
  return read_as(format_of(bytes, reading.name(), reading.ending()), bytes, reading);
}

}  // namespace documents

std::string place_text(std::string_view format, std::uint32_t page, std::uint32_t line) {
  struct Names {
    std::string_view format, page, line;
  };
  static constexpr std::array<Names, 6> kNames = {{{"pptx", "slide", "line"},
                                                   {"odp", "slide", "line"},
                                                   {"xlsx", "sheet", "row"},
                                                   {"ods", "sheet", "row"},
                                                   {"notebook", "cell", "line"},
                                                   {"epub", "part", "line"}}};
  static constexpr Names kOthers = {"", "page", "line"};
  const auto* at = std::find_if(kNames.begin(), kNames.end(), [&](const Names& one) { return one.format == format; });
  const Names& names = at == kNames.end() ? kOthers : *at;
  std::string text;
  if (page > 0) text = std::string(names.page) + " " + std::to_string(page);
  if (line > 0) text += (text.empty() ? "" : ", ") + std::string(names.line) + " " + std::to_string(line);
  return text;
}

std::vector<Document> read_documents(const std::filesystem::path& path, const ReadLimits& limits) {
  return read_documents(read_file(path, limits.max_file_bytes), path.string(), limits);
}

std::vector<Document> read_documents(std::string_view bytes, const std::string& uri, const ReadLimits& limits) {
  Reading reading(uri, limits);
  try {
    return read_any(bytes, reading);
  } catch (const std::bad_alloc&) {
    reading.fail(ErrorCode::limit, "not enough memory to read it");
  }
}

std::string supported_formats() {
  return "text (.txt, and any other plain text), Markdown (.md .markdown), HTML (.html .htm .xhtml), PDF (.pdf), "
         "office files (.docx .pptx .xlsx .odt .odp .ods .rtf), books (.epub), notebooks (.ipynb), mail (.eml .mbox), tables (.csv .tsv), "
         "JSON (.json .jsonl .ndjson), source code (.c .cc .h .py "
         ".rs .go .java .js .ts .sh .sql …); each also packed "
         "as .gz or .zst";
}

}  // namespace akin
