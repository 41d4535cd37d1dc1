// XLSX (SpreadsheetML, ECMA-376 part 1, chapter 18) → one document a sheet that can be seen. A cell is told as it is shown, as far as that
// matters to its meaning: texts, numbers in 15 digits, dates by the format of their style, results and not formulas.
// Tested by xlsx_reader_test.cc.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <optional>

#include "office_package.h"
#include "readers.h"
#include "sheet.h"

namespace akin::documents {
namespace {

template <class Number>
Number to_number(std::string_view text, Number otherwise) {
  Number value = otherwise;
  return std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc() ? value : otherwise;
}

struct SheetPlace {
  std::string name;
  std::string part;
};

/// The sheets in their order; hidden ones are left out.
class WorkbookReader : public XmlHandler {
 public:
  explicit WorkbookReader(const std::map<std::string, Relationship, std::less<>>& relations) : relations_(relations) {}

  bool start(const XmlElement& element) override {
    if (element.name() == "x:workbookPr") {
      const std::string_view value = element.attribute("date1904");
      from_1904 = value == "1" || value == "true";
    } else if (element.name() == "x:sheet" && !element.attribute("state").ends_with("idden")) {
      const auto at = relations_.find(element.attribute("r:id"));
      if (at != relations_.end() && at->second.type == "worksheet")
        sheets.push_back({std::string(element.attribute("name")), at->second.target});
    }
    return true;
  }
  void end(std::string_view) override {}
  void text(std::string_view) override {}

  std::vector<SheetPlace> sheets;
  bool from_1904 = false;

 private:
  const std::map<std::string, Relationship, std::less<>>& relations_;
};

/// The texts that cells refer to by number, end to end: a million empty ones take four bytes each.
class SharedStrings : public XmlHandler {
 public:
  bool start(const XmlElement& element) override {
    if (element.name() == "x:si") ends_.push_back(static_cast<std::uint32_t>(texts_.size()));
    in_text_ = element.name() == "x:t";
    return element.name() != "x:rPh";  // how a Japanese word is spoken
  }
  void end(std::string_view) override {
    in_text_ = false;
    if (!ends_.empty()) ends_.back() = static_cast<std::uint32_t>(texts_.size());
  }
  void text(std::string_view text) override {
    if (in_text_) texts_ += text;
  }

  [[nodiscard]] std::string_view at(std::size_t i) const {
    if (i >= ends_.size()) return {};
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
    return std::string_view(texts_).substr(begin, ends_[i] - begin);
  }

 private:
  std::string texts_;
  std::vector<std::uint32_t> ends_;
  bool in_text_ = false;
};

/// Whether a number format shows dates: it has a letter of them outside of quotes, brackets and escapes.
bool shows_dates(std::string_view format) {
  for (std::size_t i = 0; i < format.size(); ++i) {
    const char c = format[i];
    if (c == '\\' || c == '_' || c == '*') {
      ++i;
    } else if (c == '"' || c == '[') {
      const std::size_t end = format.find(c == '"' ? '"' : ']', i + 1);
      if (end == format.npos) return false;
      i = end;
    } else if (std::string_view("ymdhsYMDHS").find(c) != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

/// For each cell style, whether it shows dates.
class CellStyles : public XmlHandler {
 public:
  bool start(const XmlElement& element) override {
    const int id = to_number(element.attribute("numFmtId"), 0);
    if (element.name() == "x:numFmt") formats_[id] = shows_dates(element.attribute("formatCode"));
    if (element.name() == "x:cellXfs") in_cells_ = true;
    if (element.name() == "x:xf" && in_cells_) {
      // Built-in formats (18.8.30): 14–22 and 45–47 are dates and times, 27–36 and 50–58 those of East Asia.
      const auto own = formats_.find(id);
      const bool built_in = (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
      dates_.push_back(own != formats_.end() ? own->second : built_in);
    }
    return true;
  }
  void end(std::string_view name) override {
    if (name == "x:cellXfs") in_cells_ = false;
  }
  void text(std::string_view) override {}

  [[nodiscard]] bool is_date(std::size_t style) const { return style < dates_.size() && dates_[style]; }

 private:
  std::map<int, bool> formats_;
  std::vector<bool> dates_;
  bool in_cells_ = false;
};

/// A day number as "2021-03-04", with its time if it has one. Day 0 is 1899-12-30, or 1904-01-01 where the workbook says so.
std::string date_text(double serial, bool from_1904) {
  constexpr double kLastDay = 2'958'465;  // 9999-12-31
  if (!(serial >= 0 && serial <= kLastDay)) return {};
  const auto seconds = static_cast<std::int64_t>(std::llround(serial * 86'400));
  std::int64_t day = seconds / 86'400 + (from_1904 ? 1462 : 0);
  if (!from_1904 && day < 60) ++day;  // the format knows a 29 February 1900
  const std::int64_t time = seconds % 86'400;
  // Days since 0000-03-01, then years of 400, 100, 4 and 1 (H. Hinnant, chrono-compatible low-level date algorithms).
  const std::int64_t z = day - 25'569 + 719'468;
  const std::int64_t era = z / 146'097;
  const std::int64_t of_era = z - era * 146'097;
  const std::int64_t year = (of_era - of_era / 1460 + of_era / 36'524 - of_era / 146'096) / 365;
  const std::int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const std::int64_t month = (5 * of_year + 2) / 153;
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02d", static_cast<int>(year + era * 400 + (month >= 10 ? 1 : 0)),
                static_cast<int>(month < 10 ? month + 3 : month - 9), static_cast<int>(of_year - (153 * month + 2) / 5 + 1));
  std::string out = text.data();
  if (time == 0) return out;
  std::snprintf(text.data(), text.size(), "%02d:%02d:%02d", static_cast<int>(time / 3600), static_cast<int>(time / 60 % 60),
                static_cast<int>(time % 60));
  return serial < 1 ? text.data() : out + " " + text.data();
}

/// What all sheets of a workbook need.
struct Workbook {
  SharedStrings strings;
  CellStyles styles;
  bool from_1904 = false;
};

class SheetReader : public XmlHandler {
 public:
  SheetReader(Sheet& sheet, const Workbook& workbook, const Reading& reading) : sheet_(sheet), workbook_(workbook), reading_(reading) {}

  bool start(const XmlElement& element) override {
    const std::string_view name = element.name();
    if (name == "x:row") {
      row_ = to_number<std::uint32_t>(element.attribute("r"), row_ + 1);
      next_column_ = 0;
      if (++n_rows_ > reading_.limits().max_records)
        reading_.fail(ErrorCode::limit, "has more than " + std::to_string(reading_.limits().max_records) + " rows");
    } else if (name == "x:c") {
      begin_cell(element);
    }
    in_value_ = name == "x:v" || name == "x:t";
    return name != "x:f" && name != "x:rPh" && name != "x:extLst" && name != "x:dataValidations" && name != "x:conditionalFormatting";
  }

  void end(std::string_view name) override {
    in_value_ = false;
    if (name == "x:c") sheet_.cell(column_, shown());
    if (name == "x:row") sheet_.end_row(row_);
  }

  void text(std::string_view text) override {
    if (in_value_) value_ += text;
  }

 private:
  void begin_cell(const XmlElement& element) {
    type_ = element.attribute("t");
    style_ = to_number<std::size_t>(element.attribute("s"), 0);
    value_.clear();
    column_ = next_column_;
    // "BC12" is column 54.
    std::size_t column = 0;
    for (const char c : element.attribute("r").substr(0, 3))
      if (c >= 'A' && c <= 'Z') column = column * 26 + static_cast<std::size_t>(c - 'A') + 1;
    if (column > 0) column_ = column - 1;
    next_column_ = column_ + 1;
  }

  [[nodiscard]] std::string shown() const {
    if (type_ == "s") return std::string(workbook_.strings.at(to_number<std::size_t>(value_, SIZE_MAX)));
    if (type_ == "b") return value_ == "1" ? "TRUE" : value_.empty() ? "" : "FALSE";
    if (type_ == "d" || type_ == "e" || type_ == "str" || type_ == "inlineStr" || value_.empty()) return value_;
    const double number = to_number(std::string_view(value_), std::nan(""));
    if (std::isnan(number)) return value_;
    if (workbook_.styles.is_date(style_))
      if (std::string date = date_text(number, workbook_.from_1904); !date.empty()) return date;
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.15g", number);
    return text.data();
  }

  Sheet& sheet_;
  const Workbook& workbook_;
  const Reading& reading_;
  std::string type_, value_;
  std::size_t style_ = 0, column_ = 0, next_column_ = 0, n_rows_ = 0;
  std::uint32_t row_ = 0;
  bool in_value_ = false;
};

}  // namespace

std::vector<Document> read_xlsx(OfficePackage& package, const std::string& part, Reading& reading) {
  const auto relations = package.relationships(part);
  WorkbookReader contents(relations);
  package.read(part, contents);
  Workbook workbook;
  workbook.from_1904 = contents.from_1904;
  if (const std::string strings = package.related(part, "sharedStrings"); !strings.empty()) package.read(strings, workbook.strings);
  if (const std::string styles = package.related(part, "styles"); !styles.empty()) package.read(styles, workbook.styles);
  const PropertyReader properties = package.properties();
  std::vector<Document> documents;
  std::uint32_t number = 0;
  for (const SheetPlace& place : contents.sheets) {
    Sheet sheet(reading, "xlsx", place.name, ++number);
    properties.apply(sheet.builder());
    SheetReader reader(sheet, workbook, reading);
    package.read(place.part, reader);
    documents.push_back(sheet.finish());
  }
  return documents;
}

}  // namespace akin::documents
