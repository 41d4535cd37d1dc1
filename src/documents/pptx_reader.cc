// PPTX (PresentationML, ECMA-376 part 1, chapter 19) → blocks slide by slide: the title is a heading, then the texts and tables in the
// order of the file, then the notes. Hidden slides, dates, footers and slide numbers are left out. Tested by pptx_reader_test.cc.
#include <array>

#include "office_package.h"
#include "office_text.h"
#include "readers.h"

namespace akin::documents {
namespace {

enum class Tag { other, slide, shape, placeholder, body, paragraph, no_bullet, text, line_break, field, table, row, cell, dropped };

constexpr std::array<std::pair<std::string_view, Tag>, 16> kTags = {{
    {"a:t", Tag::text},
    {"a:p", Tag::paragraph},
    {"a:br", Tag::line_break},
    {"a:fld", Tag::field},
    {"a:buNone", Tag::no_bullet},
    {"a:tbl", Tag::table},
    {"a:tr", Tag::row},
    {"a:tc", Tag::cell},
    {"m:t", Tag::text},
    {"p:sld", Tag::slide},
    {"p:sp", Tag::shape},
    {"p:ph", Tag::placeholder},
    {"p:txBody", Tag::body},
    {"p:timing", Tag::dropped},
    {"p:transition", Tag::dropped},
    {"mc:Fallback", Tag::dropped},
}};

/// A slide, or the notes to one.
class SlideReader : public XmlHandler {
 public:
  SlideReader(OfficeText& text, bool is_notes) : text_(text), is_notes_(is_notes) {}

  bool start(const XmlElement& element) override {
    switch (tag_of(kTags, element.name(), Tag::other)) {
      case Tag::dropped:
        return false;
      case Tag::slide:
        is_hidden_ = element.attribute("show") == "0" || element.attribute("show") == "false";
        return !is_hidden_;
      case Tag::shape:
        kind_.clear();
        return true;
      case Tag::placeholder:
        kind_ = element.attribute("type").empty() ? "body" : element.attribute("type");
        return true;
      case Tag::body:
        return is_wanted();
      case Tag::paragraph:
        text_.begin_paragraph(style());
        return true;
      case Tag::no_bullet:
        if (style().is_list_item) text_.set_style({});
        return true;
      case Tag::text:
        in_text_ = true;
        return true;
      case Tag::line_break:
        text_.line_break();
        return true;
      case Tag::field:
        return element.attribute("type") != "slidenum";
      case Tag::table:
        text_.begin_table();
        return true;
      case Tag::cell:
        text_.begin_cell();
        return true;
      default:
        return true;
    }
  }

  void end(std::string_view name) override {
    switch (tag_of(kTags, name, Tag::other)) {
      case Tag::paragraph:
        text_.end_paragraph();
        break;
      case Tag::text:
        in_text_ = false;
        break;
      case Tag::table:
        text_.end_table();
        break;
      case Tag::row:
        text_.end_row();
        break;
      case Tag::shape:
        kind_.clear();
        break;
      default:
        break;
    }
  }

  void text(std::string_view text) override {
    if (in_text_) text_.text(text);
  }

  [[nodiscard]] bool is_hidden() const noexcept { return is_hidden_; }

 private:
  [[nodiscard]] bool is_wanted() const {
    if (is_notes_) return kind_ == "body";
    return kind_ != "dt" && kind_ != "ftr" && kind_ != "sldNum" && kind_ != "hdr";
  }

  [[nodiscard]] ParagraphStyle style() const {
    if (is_notes_) return {};
    return {.is_title = kind_ == "title" || kind_ == "ctrTitle", .is_list_item = kind_ == "body" || kind_ == "obj"};
  }

  OfficeText& text_;
  bool is_notes_;
  std::string kind_;  // of the shape's placeholder; empty for a box of text
  bool in_text_ = false;
  bool is_hidden_ = false;
};

/// The ids of the slides' relations, in the order of the show.
class OrderReader : public XmlHandler {
 public:
  bool start(const XmlElement& element) override {
    if (element.name() == "p:sldId") ids.emplace_back(element.attribute("r:id"));
    return true;
  }
  void end(std::string_view) override {}
  void text(std::string_view) override {}

  std::vector<std::string> ids;
};

}  // namespace

std::vector<Document> read_pptx(OfficePackage& package, const std::string& part, Reading& reading) {
  DocumentBuilder builder(reading, "pptx");
  package.properties().apply(builder);
  OrderReader order;
  package.read(part, order);
  if (order.ids.size() > reading.limits().max_pages)
    reading.fail(ErrorCode::limit,
                 "has " + std::to_string(order.ids.size()) + " slides, the bound is " + std::to_string(reading.limits().max_pages));
  const auto relations = package.relationships(part);
  OfficeText text(builder, reading);
  std::uint32_t number = 0;
  for (const std::string& id : order.ids) {
    text.set_page(++number);
    builder.leave_headings();
    const auto slide = relations.find(id);
    if (slide == relations.end() || !package.archive().has(slide->second.target)) continue;
    SlideReader reader(text, false);
    package.read(slide->second.target, reader);
    text.finish();
    if (reader.is_hidden()) continue;
    if (const std::string notes = package.related(slide->second.target, "notesSlide"); !notes.empty()) {
      SlideReader notes_reader(text, true);
      package.read(notes, notes_reader);
      text.finish();
    }
  }
  builder.meta("slides", std::to_string(number));
  std::vector<Document> documents;
  documents.push_back(builder.finish());
  return documents;
}

}  // namespace akin::documents
