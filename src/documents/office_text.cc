#include "office_text.h"

namespace akin::documents {

void OfficeText::begin_paragraph(const ParagraphStyle& style) {
  reading_.check_depth(open_.size());
  open_.push_back({{}, style});
}

void OfficeText::set_style(const ParagraphStyle& style) {
  if (!open_.empty()) open_.back().style = style;
}

void OfficeText::end_paragraph() {
  if (open_.empty()) return;
  Paragraph paragraph = std::move(open_.back());
  open_.pop_back();
  emit(paragraph);
}

void OfficeText::emit(Paragraph& paragraph) {
  Flow flow = paragraph.flow.take();
  if (n_notes_ > 0 || n_tables_ > 0) {
    FlowText& into = n_notes_ > 0 ? note_ : row_;
    into.append(flow.text, 0);
    into.append(" ", 0);
    return;
  }
  const ParagraphStyle& style = paragraph.style;
  if (style.is_title) {
    if (!builder_.has_title()) builder_.set_title(flow.text);
    builder_.heading(1, std::move(flow), page_);
  } else if (style.level > 0) {
    builder_.heading(style.level, std::move(flow), page_);
  } else {
    builder_.add(style.is_list_item ? BlockKind::list_item
                 : style.is_quote   ? BlockKind::quote
                                    : BlockKind::paragraph,
                 std::move(flow), page_);
  }
  if (open_.empty()) emit_notes();
}

void OfficeText::text(std::string_view text) {
  if (!open_.empty()) open_.back().flow.append(text, 0);
}

void OfficeText::line_break() {
  if (!open_.empty()) open_.back().flow.line_break();
}

void OfficeText::begin_cell() {
  if (n_tables_ == 1 && n_notes_ == 0) row_.separator(" | ");
}

void OfficeText::end_row() {
  if (n_tables_ > 1 || n_notes_ > 0) return;
  builder_.add(BlockKind::table_row, row_.take(), page_);
  emit_notes();
}

void OfficeText::end_note() {
  if (n_notes_ == 0 || --n_notes_ > 0) return;
  note(note_.take().text);
}

void OfficeText::note(std::string text) {
  if (!text.empty()) notes_.push_back(std::move(text));
}

void OfficeText::finish() {
  while (!open_.empty()) end_paragraph();
  emit_notes();
}

void OfficeText::emit_notes() {
  for (std::string& text : std::exchange(notes_, {})) {
    FlowText flow;
    flow.append(text, 0);
    builder_.add(BlockKind::paragraph, flow.take(), page_);
  }
}

}  // namespace akin::documents
