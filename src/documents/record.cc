#include "record.h"

#include <algorithm>
#include <array>
#include <set>

namespace akin::documents {
namespace {

// A longer value is text to be found by its meaning, not one to be filtered by.
constexpr std::size_t kMaxMetadataValue = 256;

template <std::size_t n>
bool is_one_of(const std::array<std::string_view, n>& names, std::string_view name) {
  const std::string lower = to_lower_ascii(name);
  return std::find(names.begin(), names.end(), lower) != names.end();
}

constexpr std::array<std::string_view, 4> kTitles = {"title", "name", "headline", "subject"};
constexpr std::array<std::string_view, 6> kProse = {"text", "body", "content", "contents", "abstract", "passage"};
constexpr std::array<std::string_view, 2> kIds = {"id", "_id"};

}  // namespace

bool is_prose_field(std::string_view name) { return is_one_of(kProse, name); }

bool is_header_row(std::span<const std::string> cells) {
  std::set<std::string_view> names;
  for (const std::string& cell : cells) {
    const std::string_view name = trimmed(cell);
    if (name.empty() || name.find_first_not_of("0123456789.,+-eE%$€ ") == name.npos || name.size() > 200) return false;
    if (!names.insert(name).second) return false;
  }
  return true;
}

Record::Record(Reading& reading, std::string format, std::size_t number, std::uint32_t line)
    : reading_(reading), builder_(reading, std::move(format)), number_(number), line_(line) {
  if (number > reading.limits().max_records)
    reading.fail(ErrorCode::limit, "has more than " + std::to_string(reading.limits().max_records) + " records");
}

void Record::field(const std::string& name, std::string_view value) {
  value = trimmed(value);
  if (value.empty()) return;
  const bool is_short = value.size() <= kMaxMetadataValue && value.find('\n') == value.npos;
  if (is_short) builder_.meta(name, std::string(value));
  if (is_short && id_.empty() && is_one_of(kIds, name)) id_ = value;
  const bool is_title = title_.empty() && is_one_of(kTitles, name);
  if (is_title) title_ = value;
  FlowText flow;
  flow.append(name + ": ", 0);
  flow.append(value, 0);
  fields_.push_back({flow.take().text, is_short, is_title});
}

void Record::prose(std::string_view value) {
  if (!trimmed(value).empty()) prose_.emplace_back(value);
}

Document Record::finish() {
  builder_.set_uri(reading_.uri() + "#" + (id_.empty() ? std::to_string(number_) : id_));
  builder_.set_title(title_.empty() ? reading_.name() + " #" + std::to_string(number_) : title_);
  // With prose, short fields are metadata only; the title is part of what is read.
  if (!prose_.empty() && !title_.empty()) builder_.heading(1, {title_, line_, {}});
  for (const std::string& value : prose_) add_paragraphs(builder_, value, {.line = line_});
  std::string rest;
  for (const Field& field : fields_) {
    if (!prose_.empty() && (field.is_short || field.is_title)) continue;
    if (!rest.empty()) rest += '\n';
    rest += field.text;
  }
  builder_.add(BlockKind::table_row, {std::move(rest), line_, {}});
  return builder_.finish();
}

}  // namespace akin::documents
