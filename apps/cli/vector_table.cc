#include "vector_table.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>
#include <vector>

#include "akin/base/error.h"
#include "text_source.h"

namespace akin::cli {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::optional<float> number_of(std::string_view cell) {
  cell = trimmed(cell);
  if (cell.starts_with('+')) cell.remove_prefix(1);
  float number = 0;
  const auto [end, code] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
  if (cell.empty() || code != std::errc() || end != cell.data() + cell.size()) return std::nullopt;
  return number;
}

bool is_number(const std::string& cell) { return number_of(cell).has_value(); }

/// "[0.1, 0.2]", "0.1 0.2": numbers with commas or spaces between.
std::vector<std::string_view> parts_of(std::string_view list) {
  list = trimmed(list);
  if (list.starts_with('[') && list.ends_with(']')) list = list.substr(1, list.size() - 2);
  std::vector<std::string_view> parts;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find_first_of(", ;"), list.size());
    if (end > 0) parts.push_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return parts;
}

class TableRows : public VectorRows {
 public:
  TableRows(const std::string& path, const TableColumns& columns)
      : columns_(columns), source_(open_records(path)), names_(source_->names()) {
    if (std::ranges::all_of(names_, is_number)) {  // no row of names: the first row is a vector
      ahead_ = names_;
      for (std::size_t c = 0; c < names_.size(); ++c) names_[c] = "column " + std::to_string(c + 1);
      for (const std::string& name : names_) is_number_column_.push_back(name != columns_.label);
      return;
    }
    const auto list = std::ranges::find_if(names_, [](const std::string& name) { return name == "vector" || name == "embedding"; });
    if (list != names_.end()) list_ = static_cast<std::size_t>(list - names_.begin());
    std::vector<std::string> first;
    if (!source_->next(first)) return;
    ahead_ = std::move(first);
    for (std::size_t c = 0; c < names_.size(); ++c)
      is_number_column_.push_back(!list_ && names_[c] != columns_.label && names_[c] != "id" && names_[c] != columns_.text &&
                                  c < ahead_->size() && is_number((*ahead_)[c]));
  }

  [[nodiscard]] bool has_vectors() const {
    const bool has_texts = std::ranges::find(names_, columns_.text) != names_.end();
    return list_ || (!has_texts && std::ranges::find(is_number_column_, true) != is_number_column_.end());
  }

  bool next(VectorRow& row) override {
    std::vector<std::string> cells;
    if (ahead_) {
      cells = std::move(*ahead_);
      ahead_.reset();
    } else if (!source_->next(cells)) {
      return false;
    }
    row = {};
    for (std::size_t c = 0; c < names_.size(); ++c) {
      if (c >= cells.size()) throw Error(ErrorCode::corrupt, source_->where() + ": the row has no cell '" + names_[c] + "'");
      take(c, cells[c], row);
    }
    return true;
  }
  [[nodiscard]] SpaceClaim claim() const override { return {}; }
  [[nodiscard]] std::size_t n_rows() const noexcept override { return 0; }

 private:
  void take(std::size_t column, std::string& cell, VectorRow& row) const {
    if (column == list_) {
      for (const std::string_view part : parts_of(cell)) add_number(part, column, row);
    } else if (is_number_column_[column]) {
      add_number(cell, column, row);
    } else if (names_[column] == columns_.text) {
      row.text = std::move(cell);
    } else if (names_[column] == "id") {
      row.id = std::move(cell);
    } else {
      row.metadata.emplace_back(names_[column], std::move(cell));
    }
  }
  void add_number(std::string_view cell, std::size_t column, VectorRow& row) const {
    const std::optional<float> number = number_of(cell);
    if (!number || !std::isfinite(*number))
      throw Error(ErrorCode::corrupt, source_->where() + ": '" + std::string(cell.substr(0, 40)) + "' in " + names_[column] +
                                          (number ? " is not finite" : " is no number"));
    row.vector.push_back(*number);
  }

  TableColumns columns_;
  std::unique_ptr<RecordSource> source_;
  std::vector<std::string> names_;
  std::optional<std::size_t> list_;
  std::vector<bool> is_number_column_;
  std::optional<std::vector<std::string>> ahead_;
};

}  // namespace

bool is_vector_table(const std::string& path, const TableColumns& columns) { return TableRows(path, columns).has_vectors(); }

std::unique_ptr<VectorRows> open_vector_table(const std::string& path, const TableColumns& columns) {
  return std::make_unique<TableRows>(path, columns);
}

}  // namespace akin::cli
