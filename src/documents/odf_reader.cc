// ODT, ODS and ODP (OpenDocument 1.3, part 3) → blocks: a text by its headings, a presentation slide by slide with its notes, a workbook
// sheet by sheet (each a document). What is hidden or deleted is left out, as are tables of contents and comments.
// Tested by odf_reader_test.cc.
#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>

#include "office_package.h"
#include "office_text.h"
#include "readers.h"
#include "sheet.h"

namespace akin::documents {
namespace {

enum class Tag {
  other,
  style,
  heading,
  paragraph,
  space,
  blank,
  line_break,
  list_item,
  note,
  note_body,
  table,
  row,
  cell,
  slide,
  frame,
  section,
  dropped
};

constexpr std::array<std::pair<std::string_view, Tag>, 35> kTags = {{
    {"text:p", Tag::paragraph},
    {"text:h", Tag::heading},
    {"text:s", Tag::space},
    {"text:tab", Tag::blank},
    {"text:line-break", Tag::line_break},
    {"text:list-item", Tag::list_item},
    {"text:list-header", Tag::list_item},
    {"text:note", Tag::note},
    {"text:note-body", Tag::note_body},
    {"table:table", Tag::table},
    {"table:table-row", Tag::row},
    {"table:table-cell", Tag::cell},
    {"table:covered-table-cell", Tag::cell},
    {"draw:page", Tag::slide},
    {"draw:frame", Tag::frame},
    {"text:section", Tag::section},
    {"style:style", Tag::style},
    {"text:note-citation", Tag::dropped},
    {"text:tracked-changes", Tag::dropped},
    {"text:table-of-content", Tag::dropped},
    {"text:hidden-text", Tag::dropped},
    {"text:ruby-text", Tag::dropped},
    {"office:annotation", Tag::dropped},
    {"office:forms", Tag::dropped},
    {"office:binary-data", Tag::dropped},
    {"office:event-listeners", Tag::dropped},
    {"office:scripts", Tag::dropped},
    {"svg:title", Tag::dropped},
    {"svg:desc", Tag::dropped},
    {"table:tracked-changes", Tag::dropped},
    {"table:content-validations", Tag::dropped},
    {"table:database-ranges", Tag::dropped},
    {"table:named-expressions", Tag::dropped},
    {"style:text-properties", Tag::dropped},
    {"style:master-page", Tag::dropped},
}};

/// A count in an attribute, bounded: "repeat a million times" is layout.
std::size_t to_count(std::string_view text, std::size_t otherwise) {
  std::size_t value = otherwise;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc()) return otherwise;
  return std::min<std::size_t>(value, 1 << 24);
}

class OdfBody : public XmlHandler {
 public:
  /// `sheet_format`: tables of the outermost level are documents of this format; empty: they are part of the one document.
  OdfBody(DocumentBuilder& builder, Reading& reading, std::string sheet_format, const PropertyReader& properties)
      : reading_(reading), builder_(builder), text_(builder, reading), sheet_format_(std::move(sheet_format)), properties_(properties) {}

  bool start(const XmlElement& element) override {
    const Tag tag = tag_of(kTags, element.name(), Tag::other);
    switch (tag) {
      case Tag::dropped:
        return false;
      case Tag::style:
        parents_[std::string(element.attribute("style:name"))] = element.attribute("style:parent-style-name");
        return true;
      case Tag::heading:
      case Tag::paragraph:
        return begin_paragraph(element, tag == Tag::heading);
      case Tag::space:
        text(" ");
        return true;
      case Tag::blank:
        text(" ");
        return true;
      case Tag::line_break:
        line_break();
        return true;
      case Tag::list_item:
        ++n_items_;
        return true;
      case Tag::note_body:
        text_.begin_note();
        return true;
      case Tag::slide:
        text_.set_page(++n_slides_);
        builder_.leave_headings();
        return true;
      case Tag::frame:
        return begin_frame(element.attribute("presentation:class"));
      case Tag::section:
        return element.attribute("text:display") != "none";
      default:
        return begin_table_part(tag, element);
    }
  }

  void end(std::string_view name) override {
    const Tag tag = tag_of(kTags, name, Tag::other);
    switch (tag) {
      case Tag::heading:
      case Tag::paragraph:
        end_paragraph();
        break;
      case Tag::frame:
        frame_is_title_ = false;
        break;
      case Tag::list_item:
        --n_items_;
        break;
      case Tag::note_body:
        text_.end_note();
        break;
      default:
        end_table_part(tag);
        break;
    }
  }

  void text(std::string_view text) override {
    if (in_sheet()) {
      cell_ += text;
    } else {
      text_.text(text);
    }
  }

  void finish() { text_.finish(); }

  std::vector<Document> sheets;

 private:
  [[nodiscard]] bool in_sheet() const { return sheet_.has_value(); }

  bool begin_paragraph(const XmlElement& element, bool is_heading) {
    if (element.attribute("text:is-hidden") == "true") return false;
    if (in_sheet()) return true;
    ParagraphStyle style;
    const std::string base = base_style(std::string(element.attribute("text:style-name")));
    if (is_heading) style.level = static_cast<int>(std::clamp<std::size_t>(to_count(element.attribute("text:outline-level"), 1), 1, 6));
    style.is_title = base == "Title" || (frame_is_title_ && n_items_ == 0);
    style.is_list_item = n_items_ > 0;
    style.is_quote = base == "Quotations";
    text_.begin_paragraph(style);
    return true;
  }

  void end_paragraph() {
    if (in_sheet()) {
      cell_ += ' ';
    } else {
      text_.end_paragraph();
    }
  }

  void line_break() {
    if (in_sheet()) {
      cell_ += ' ';
    } else {
      text_.line_break();
    }
  }

  bool begin_frame(std::string_view kind) {
    frame_is_title_ = kind == "title";
    return kind != "header" && kind != "footer" && kind != "date-time" && kind != "page-number";
  }

  /// Automatic styles stand for one that has a name.
  [[nodiscard]] std::string base_style(std::string name) const {
    for (int i = 0; i < 8; ++i) {  // a loop of styles ends here
      const auto at = parents_.find(name);
      if (at == parents_.end() || at->second.empty()) break;
      name = at->second;
    }
    return name;
  }

  bool begin_table_part(Tag tag, const XmlElement& element) {
    if (tag == Tag::table) return begin_table(element);
    if (tag == Tag::row && n_tables_ == 1) {
      n_rows_ = to_count(element.attribute("table:number-rows-repeated"), 1);
      column_ = 0;
    } else if (tag == Tag::cell && in_sheet() && n_tables_ == 1) {
      n_columns_ = to_count(element.attribute("table:number-columns-repeated"), 1);
      cell_.clear();
    } else if (tag == Tag::cell && !in_sheet()) {
      text_.begin_cell();
    }
    return true;
  }

  bool begin_table(const XmlElement& element) {
    if (n_tables_ == 0 && !sheet_format_.empty()) {
      if (element.attribute("table:display") == "false") return false;
      sheet_.emplace(reading_, sheet_format_, std::string(element.attribute("table:name")), ++n_sheets_);
      properties_.apply(sheet_->builder());
      row_ = 0;
    } else if (!in_sheet()) {
      text_.begin_table();
    }
    ++n_tables_;
    return true;
  }

  void end_table_part(Tag tag) {
    if (tag == Tag::table) {
      if (--n_tables_ == 0 && in_sheet()) {
        sheets.push_back(sheet_->finish());
        sheet_.reset();
      } else if (!in_sheet()) {
        text_.end_table();
      }
    } else if (tag == Tag::cell && in_sheet() && n_tables_ == 1) {
      // A text that is repeated is told once: the rest is the look of the sheet.
      sheet_->cell(column_, cell_);
      column_ += n_columns_;
      cell_.clear();
    } else if (tag == Tag::row && in_sheet() && n_tables_ == 1) {
      sheet_->end_row(static_cast<std::uint32_t>(row_ + 1));
      row_ = std::min<std::size_t>(row_ + n_rows_, 1 << 24);
    } else if (tag == Tag::row && !in_sheet()) {
      text_.end_row();
    }
  }

  Reading& reading_;
  DocumentBuilder& builder_;
  OfficeText text_;
  std::string sheet_format_;
  const PropertyReader& properties_;
  std::map<std::string, std::string> parents_;
  std::optional<Sheet> sheet_;
  std::string cell_;
  std::uint32_t n_slides_ = 0, n_sheets_ = 0;
  std::size_t n_items_ = 0, n_tables_ = 0;
  std::size_t row_ = 0, n_rows_ = 1, column_ = 0, n_columns_ = 1;
  bool frame_is_title_ = false;
};

class EncryptionCheck : public XmlHandler {
 public:
  bool start(const XmlElement& element) override {
    found = found || element.name() == "manifest:encryption-data";
    return true;
  }
  void end(std::string_view) override {}
  void text(std::string_view) override {}
  bool found = false;
};

constexpr std::string_view kManifest = "META-INF/manifest.xml";

}  // namespace

std::vector<Document> read_odf(ZipArchive& archive, const std::string& format, Reading& reading) {
  if (archive.has(kManifest)) {
    EncryptionCheck check;
    read_xml(archive.read(kManifest), std::string(kManifest), reading, check);
    if (check.found) reading.fail(ErrorCode::unsupported, "is an encrypted OpenDocument file, which needs a password");
  }
  DocumentBuilder builder(reading, format);
  PropertyReader properties;
  const std::string meta = archive.has("meta.xml") ? archive.read("meta.xml") : "";
  if (!meta.empty()) read_xml(meta, "meta.xml", reading, properties);
  const bool is_workbook = format == "ods";
  properties.apply(builder);
  OdfBody body(builder, reading, is_workbook ? format : "", properties);
  read_xml(archive.read("content.xml"), "content.xml", reading, body);
  body.finish();
  if (is_workbook) return std::move(body.sheets);
  std::vector<Document> documents;
  documents.push_back(builder.finish());
  return documents;
}

}  // namespace akin::documents
