// The sheet of a workbook as a document: its name is the heading over its rows, a row is one block that knows its number. A first row of
// names, as tables have, is told with each value ("price: 3"). Tested by sheet_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reading.h"

namespace akin::documents {

class Sheet {
 public:
  /// `number` counts the workbook's sheets from 1.
  Sheet(Reading& reading, std::string format, std::string name, std::uint32_t number);

  /// A cell of the row that is open; `column` counts from 0 and grows. Throws Error{limit} for a cell of more than kMaxCell bytes.
  void cell(std::size_t column, std::string_view text);
  /// Ends the row, whose number in the sheet is `row` (from 1).
  void end_row(std::uint32_t row);
  [[nodiscard]] DocumentBuilder& builder() noexcept { return builder_; }
  Document finish();

  /// Spreadsheet programs hold 32,767 characters in one.
  static constexpr std::size_t kMaxCell = std::size_t{1} << 20;

 private:
  using Cells = std::vector<std::pair<std::size_t, std::string>>;

  void add(const Cells& cells, std::uint32_t row, bool with_names);

  Reading& reading_;
  DocumentBuilder builder_;
  std::string name_;
  std::uint32_t number_;
  Cells cells_;
  Cells names_;
  std::uint32_t names_row_ = 0;
  std::size_t n_rows_ = 0;
};

}  // namespace akin::documents
