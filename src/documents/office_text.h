// Paragraphs, lists, tables and notes as the readers of office formats meet them, whatever the format: what is open, and what becomes of it
// when it ends. Paragraphs may lie in each other (text boxes), tables too (their text goes to the outer cell); notes follow the block that
// refers to them. Tested by office_text_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reading.h"

namespace akin::documents {

/// What kind of paragraph it is.
struct ParagraphStyle {
  int level = 0;  ///< of a heading; 0: none
  bool is_title = false;
  bool is_list_item = false;
  bool is_quote = false;
};

class OfficeText {
 public:
  OfficeText(DocumentBuilder& builder, const Reading& reading) : builder_(builder), reading_(reading) {}

  void begin_paragraph(const ParagraphStyle& style = {});
  /// Of the paragraph that is open, as far as it is not known when it begins.
  void set_style(const ParagraphStyle& style);
  void end_paragraph();
  /// Text of the open paragraph; outside of one it belongs to nothing and is dropped.
  void text(std::string_view text);
  void line_break();

  void begin_table() { ++n_tables_; }
  void end_table() { --n_tables_; }
  void begin_cell();
  void end_row();

  /// From here to end_note() the text is a note's, told after the block that is open.
  void begin_note() { ++n_notes_; }
  void end_note();
  /// A note kept elsewhere.
  void note(std::string text);

  /// At the document's end: what is still open or waiting is told.
  void finish();

  /// Blocks from here on stand on this page (slide, …), 0: on none.
  void set_page(std::uint32_t page) { page_ = page; }

 private:
  struct Paragraph {
    FlowText flow;
    ParagraphStyle style;
  };

  void emit(Paragraph& paragraph);
  void emit_notes();

  DocumentBuilder& builder_;
  const Reading& reading_;
  std::vector<Paragraph> open_;
  FlowText row_;
  FlowText note_;
  std::vector<std::string> notes_;
  std::size_t n_tables_ = 0;
  std::size_t n_notes_ = 0;
  std::uint32_t page_ = 0;
};

}  // namespace akin::documents
