// DOCX (WordprocessingML, ECMA-376 part 1, chapter 17) → blocks. Headings are told by the outline level of a paragraph or of its style, or
// by a style called "heading N"; foot- and endnotes follow the paragraph that refers to them. What is deleted, moved away or hidden is left
// out, as are tables of contents, comments, headers and footers. Tested by docx_reader_test.cc.
#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "office_package.h"
#include "office_text.h"
#include "readers.h"

namespace akin::documents {
namespace {

enum class Tag {
  other,
  paragraph,
  paragraph_properties,
  run,
  run_properties,
  style,
  numbering,
  numbering_id,
  outline_level,
  hidden,
  text,
  space,
  line_break,
  hyphen,
  table,
  row,
  cell,
  foot_reference,
  end_reference,
  dropped
};

constexpr std::array<std::pair<std::string_view, Tag>, 33> kTags = {{
    {"w:t", Tag::text},
    {"w:r", Tag::run},
    {"w:p", Tag::paragraph},
    {"w:pPr", Tag::paragraph_properties},
    {"w:rPr", Tag::run_properties},
    {"w:pStyle", Tag::style},
    {"w:numPr", Tag::numbering},
    {"w:numId", Tag::numbering_id},
    {"w:outlineLvl", Tag::outline_level},
    {"w:vanish", Tag::hidden},
    {"w:tab", Tag::space},
    {"w:ptab", Tag::space},
    {"w:br", Tag::line_break},
    {"w:cr", Tag::line_break},
    {"w:noBreakHyphen", Tag::hyphen},
    {"w:tbl", Tag::table},
    {"w:tr", Tag::row},
    {"w:tc", Tag::cell},
    {"m:t", Tag::text},
    {"w:footnoteReference", Tag::foot_reference},
    {"w:endnoteReference", Tag::end_reference},
    {"w:del", Tag::dropped},
    {"w:moveFrom", Tag::dropped},
    {"w:instrText", Tag::dropped},
    {"w:rt", Tag::dropped},
    {"w:sectPr", Tag::dropped},
    {"w:tblPr", Tag::dropped},
    {"w:trPr", Tag::dropped},
    {"w:tcPr", Tag::dropped},
    {"w:sdtPr", Tag::dropped},
    {"w:tabs", Tag::dropped},
    {"w:pPrChange", Tag::dropped},
    {"mc:Fallback", Tag::dropped},
}};

/// "0", "false" and "off" switch a property off; without a value it is on.
bool is_on(std::string_view value) { return value != "0" && value != "false" && value != "off"; }

int to_int(std::string_view text, int otherwise) {
  int value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// What a style says of its paragraphs, of itself or by the style it is based on.
struct DocxStyle {
  std::string name;  // lower case
  std::string based_on;
  int outline = -1;
  int numbering = -1;  // −1: not said; 0: none
};

class StyleReader : public XmlHandler {
 public:
  bool start(const XmlElement& element) override {
    const std::string_view name = element.name();
    const std::string_view value = element.attribute("w:val");
    if (name == "w:style") {
      current_ = element.attribute("w:type") == "paragraph" ? &styles[std::string(element.attribute("w:styleId"))] : nullptr;
    } else if (current_ == nullptr) {
      return name == "w:styles";
    } else if (name == "w:name") {
      current_->name = to_lower_ascii(value);
    } else if (name == "w:basedOn") {
      current_->based_on = value;
    } else if (name == "w:outlineLvl") {
      current_->outline = to_int(value, -1);
    } else if (name == "w:numId") {
      current_->numbering = to_int(value, 0);
    } else if (name == "w:numPr") {
      current_->numbering = std::max(current_->numbering, 1);
    }
    return name != "w:rPr";
  }
  void end(std::string_view name) override {
    if (name == "w:style") current_ = nullptr;
  }
  void text(std::string_view) override {}

  std::map<std::string, DocxStyle, std::less<>> styles;

 private:
  DocxStyle* current_ = nullptr;
};

/// Styles worked out for use: each is looked up once a paragraph.
class DocxStyles {
 public:
  explicit DocxStyles(std::map<std::string, DocxStyle, std::less<>> styles) : styles_(std::move(styles)) {
    for (const auto& [id, style] : styles_) known_.emplace(id, worked_out(id));
  }

  struct Known {
    ParagraphStyle style;
    bool is_contents = false;  // of a table of contents
  };

  [[nodiscard]] Known of(std::string_view id) const {
    const auto at = known_.find(id);
    return at == known_.end() ? Known{} : at->second;
  }

 private:
  [[nodiscard]] Known worked_out(std::string_view id) const {
    constexpr int kLongestChain = 32;  // of styles based on each other; a loop ends here too
    Known known;
    int outline = -1, numbering = -1;
    for (int i = 0; i < kLongestChain; ++i) {
      const auto at = styles_.find(id);
      if (at == styles_.end()) break;
      const DocxStyle& style = at->second;
      if (outline < 0) outline = style.outline;
      if (outline < 0 && style.name.starts_with("heading ")) outline = to_int(std::string_view(style.name).substr(8), 0) - 1;
      if (numbering < 0) numbering = style.numbering;
      if (style.name == "title") known.style.is_title = true;
      if (style.name == "quote" || style.name == "intense quote" || style.name == "block text") known.style.is_quote = true;
      if (style.name.starts_with("toc ")) known.is_contents = true;
      if (style.name.starts_with("list ")) known.style.is_list_item = true;
      id = style.based_on;
    }
    if (outline >= 0 && outline < 9) known.style.level = outline + 1;
    if (numbering > 0) known.style.is_list_item = true;
    return known;
  }

  std::map<std::string, DocxStyle, std::less<>> styles_;
  std::map<std::string, Known, std::less<>> known_;
};

/// The notes of "footnotes.xml" or "endnotes.xml": id → text.
class NoteReader : public XmlHandler {
 public:
  NoteReader(std::string_view element, Reading& reading) : element_(element), reading_(reading) {}

  bool start(const XmlElement& element) override {
    const std::string_view name = element.name();
    if (name == element_) id_ = element.attribute("w:id");
    if (name == "w:p" || name == "w:tab" || name == "w:br") flow_.append(" ", 0);
    is_text_ = name == "w:t";
    return tag_of(kTags, name, Tag::other) != Tag::dropped;
  }
  void end(std::string_view name) override {
    is_text_ = false;
    if (name != element_) return;
    std::string text = flow_.take().text;
    reading_.charge(text.size());
    notes.emplace(id_, std::move(text));
  }
  void text(std::string_view text) override {
    if (is_text_) flow_.append(text, 0);
  }

  std::map<std::string, std::string, std::less<>> notes;

 private:
  std::string_view element_;
  Reading& reading_;
  FlowText flow_;
  std::string id_;
  bool is_text_ = false;
};

struct Notes {
  std::map<std::string, std::string, std::less<>> foot, end;
};

class DocxBody : public XmlHandler {
 public:
  DocxBody(DocumentBuilder& builder, Reading& reading, const DocxStyles& styles, const Notes& notes)
      : text_(builder, reading), styles_(styles), notes_(notes) {}

  bool start(const XmlElement& element) override {
    const Tag tag = tag_of(kTags, element.name(), Tag::other);
    const std::string_view value = element.attribute("w:val");
    switch (tag) {
      case Tag::dropped:
        return false;
      case Tag::paragraph:
        open_.push_back({});
        text_.begin_paragraph();
        return true;
      case Tag::paragraph_properties:
        in_properties_ = true;
        return true;
      case Tag::run:
        is_hidden_ = false;
        return true;
      case Tag::run_properties:
        return !in_properties_;  // of a paragraph: those of its mark
      case Tag::hidden:
        is_hidden_ = is_on(value);
        return true;
      case Tag::text:
        in_text_ = true;
        return true;
      case Tag::table:
        text_.begin_table();
        return true;
      case Tag::cell:
        text_.begin_cell();
        return true;
      default:
        inside(tag, element, value);
        return true;
    }
  }

  void end(std::string_view name) override {
    switch (tag_of(kTags, name, Tag::other)) {
      case Tag::paragraph:
        text_.end_paragraph();
        if (!open_.empty()) open_.pop_back();
        break;
      case Tag::paragraph_properties:
        in_properties_ = false;
        if (!open_.empty()) text_.set_style(open_.back().style());
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
      default:
        break;
    }
  }

  void text(std::string_view text) override {
    const bool is_contents = !open_.empty() && open_.back().known.is_contents;
    if (in_text_ && !is_hidden_ && !is_contents) text_.text(text);
  }

  void finish() { text_.finish(); }

 private:
  /// What its style says, and what it says itself (−1: nothing), in whatever order they stand.
  struct Paragraph {
    DocxStyles::Known known;
    int numbering = -1;
    int outline = -1;

    [[nodiscard]] ParagraphStyle style() const {
      ParagraphStyle style = known.style;
      if (numbering >= 0) style.is_list_item = numbering != 0;
      if (outline >= 0) style.level = outline < 9 ? outline + 1 : 0;
      return style;
    }
  };

  void inside(Tag tag, const XmlElement& element, std::string_view value) {
    if (open_.empty()) return;
    Paragraph& paragraph = open_.back();
    switch (tag) {
      case Tag::style:
        paragraph.known = styles_.of(value);
        break;
      case Tag::numbering_id:
        if (in_properties_) paragraph.numbering = to_int(value, 0);
        break;
      case Tag::outline_level:
        if (in_properties_) paragraph.outline = to_int(value, 9);
        break;
      case Tag::space:
        text_.text(" ");
        break;
      case Tag::line_break:
        text_.line_break();
        break;
      case Tag::hyphen:
        text_.text("-");
        break;
      case Tag::foot_reference:
        note(notes_.foot, element.attribute("w:id"));
        break;
      case Tag::end_reference:
        note(notes_.end, element.attribute("w:id"));
        break;
      default:
        break;
    }
  }

  void note(const std::map<std::string, std::string, std::less<>>& notes, std::string_view id) {
    if (const auto at = notes.find(id); at != notes.end()) text_.note(at->second);
  }

  OfficeText text_;
  const DocxStyles& styles_;
  const Notes& notes_;
  std::vector<Paragraph> open_;
  bool in_properties_ = false;
  bool is_hidden_ = false;
  bool in_text_ = false;
};

std::map<std::string, std::string, std::less<>> read_notes(OfficePackage& package, const std::string& part, std::string_view element,
                                                           Reading& reading) {
  if (part.empty()) return {};
  NoteReader reader(element, reading);
  package.read(part, reader);
  return std::move(reader.notes);
}

}  // namespace

std::vector<Document> read_docx(OfficePackage& package, const std::string& part, Reading& reading) {
  DocumentBuilder builder(reading, "docx");
  package.properties().apply(builder);
  StyleReader styles;
  if (const std::string name = package.related(part, "styles"); !name.empty()) package.read(name, styles);
  const DocxStyles known(std::move(styles.styles));
  const Notes notes{read_notes(package, package.related(part, "footnotes"), "w:footnote", reading),
                    read_notes(package, package.related(part, "endnotes"), "w:endnote", reading)};
  DocxBody body(builder, reading, known, notes);
  package.read(part, body);
  body.finish();
  std::vector<Document> documents;
  documents.push_back(builder.finish());
  return documents;
}

}  // namespace akin::documents
