#include "sheet.h"

#include <algorithm>

#include "record.h"

namespace akin::documents {

Sheet::Sheet(Reading& reading, std::string format, std::string name, std::uint32_t number)
    : reading_(reading), builder_(reading, std::move(format)), name_(std::move(name)), number_(number) {
  builder_.set_uri(reading.uri() + "#" + (name_.empty() ? std::to_string(number) : name_));
  FlowText flow;
  flow.append(name_, 0);
  builder_.heading(1, flow.take(), number_);
}

void Sheet::cell(std::size_t column, std::string_view text) {
  if (text.size() > kMaxCell)
    reading_.fail(ErrorCode::limit, "sheet '" + name_ + "': a cell of more than " + std::to_string(kMaxCell) + " bytes");
  FlowText flow;
  flow.append(text, 0);
  std::string value = flow.take().text;
  if (!value.empty()) cells_.emplace_back(column, std::move(value));
}

void Sheet::end_row(std::uint32_t row) {
  const Cells cells = std::exchange(cells_, {});
  if (cells.empty()) return;
  if (n_rows_ == 0 && names_.empty()) {
    std::vector<std::string> texts;
    for (const auto& [column, text] : cells) texts.push_back(text);
    const bool without_gap = cells.back().first - cells.front().first + 1 == cells.size();
    if (cells.size() > 1 && without_gap && is_header_row(texts)) {
      names_ = cells;
      names_row_ = row;
      return;
    }
  }
  add(cells, row, true);
  if (++n_rows_ % 4096 == 0) reading_.check_time();
}

void Sheet::add(const Cells& cells, std::uint32_t row, bool with_names) {
  std::string text;
  auto name = names_.begin();
  for (const auto& [column, value] : cells) {
    if (!text.empty()) text += " | ";
    while (name != names_.end() && name->first < column) ++name;
    if (with_names && name != names_.end() && name->first == column) text += name->second + ": ";
    text += value;
  }
  builder_.add(BlockKind::table_row, {std::move(text), row, {}}, number_);
}

Document Sheet::finish() {
  end_row(names_row_ + 1);
  if (n_rows_ == 0 && !names_.empty()) add(names_, names_row_, false);
  builder_.meta("sheet", name_);
  if (!builder_.has_title()) builder_.set_title(name_.empty() ? reading_.name() : reading_.name() + " — " + name_);
  return builder_.finish();
}

}  // namespace akin::documents
