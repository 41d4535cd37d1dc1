#include "reading.h"

#include <algorithm>
#include <filesystem>

namespace akin {

std::uint32_t line_at(const Block& block, std::size_t offset) noexcept {
  if (block.line == 0) return 0;
  if (block.kind == BlockKind::code) {
    const auto end = block.text.begin() + static_cast<std::ptrdiff_t>(std::min(offset, block.text.size()));
    return block.line + static_cast<std::uint32_t>(std::count(block.text.begin(), end, '\n'));
  }
  const auto after = std::upper_bound(block.line_marks.begin(), block.line_marks.end(), offset,
                                      [](std::size_t value, const LineMark& mark) { return value < mark.offset; });
  return after == block.line_marks.begin() ? block.line : std::prev(after)->line;
}

namespace documents {
namespace {

// Of a heading longer than this only the beginning goes into the paths below it; the heading's own block keeps all of it.
constexpr std::size_t kMaxPathPart = 200;

std::string clipped(const std::string& text) {
  if (text.size() <= kMaxPathPart) return text;
  std::size_t end = kMaxPathPart;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

/// Controls (NUL above all) are no text; they come from PDF fonts and escapes of JSON.
void blank_controls(std::string& text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') c = ' ';
}

std::string file_name_of(const std::string& uri) {
  std::string name = std::filesystem::path(uri).filename().string();
  if (name.empty()) name = uri;
  for (const std::string_view packed : {".gz", ".zst"}) {
    if (name.size() <= packed.size() || !to_lower_ascii(name).ends_with(packed)) continue;
    name.resize(name.size() - packed.size());
    break;
  }
  return name;
}

}  // namespace

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string to_lower_ascii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

Reading::Reading(std::string uri, const ReadLimits& limits) : uri_(std::move(uri)), name_(file_name_of(uri_)), limits_(limits) {
  const std::size_t dot = name_.rfind('.');
  if (dot != std::string::npos && dot > 0) ending_ = to_lower_ascii(std::string_view(name_).substr(dot + 1));
  const double seconds = std::clamp(limits.max_seconds, 0.0, 1e6);
  end_ = std::chrono::steady_clock::now() +
         std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(seconds));
}

void Reading::charge(std::size_t bytes) {
  charged_ += bytes;
  if (charged_ > limits_.max_text_bytes)
    fail(ErrorCode::limit, "holds more text than the bound of " + std::to_string(limits_.max_text_bytes) + " bytes");
}

double Reading::seconds_left() const noexcept { return std::chrono::duration<double>(end_ - std::chrono::steady_clock::now()).count(); }

Reading Reading::inside(std::string uri) const {
  constexpr std::size_t kMaxOuter = 8;
  if (n_outer_ == kMaxOuter) fail(ErrorCode::limit, "holds a file deeper than " + std::to_string(kMaxOuter) + " files in each other");
  ReadLimits left = limits_;
  left.max_text_bytes -= std::min(charged_, left.max_text_bytes);
  Reading inner(std::move(uri), left);
  inner.end_ = end_;
  inner.n_outer_ = n_outer_ + 1;
  return inner;
}

void Reading::check_time() const {
  if (seconds_left() < 0) fail(ErrorCode::limit, "reading took longer than the bound of " + std::to_string(limits_.max_seconds) + " s");
}

void Reading::check_depth(std::size_t depth) const {
  if (depth > limits_.max_depth) fail(ErrorCode::limit, "is nested deeper than the bound of " + std::to_string(limits_.max_depth));
}

void Reading::fail(ErrorCode code, const std::string& message) const { throw Error(code, uri_ + ": " + message); }

void FlowText::mark(std::uint32_t line) {
  if (flow_.text.empty()) flow_.line = line;
  const std::uint32_t current = flow_.marks.empty() ? flow_.line : flow_.marks.back().line;
  if (line != current) flow_.marks.push_back({static_cast<std::uint32_t>(flow_.text.size() + gap_.size()), line});
}

void FlowText::append(std::string_view piece, std::uint32_t line) {
  std::size_t i = 0;
  while (i < piece.size()) {
    // Characters up to the next white space are taken as one run.
    std::size_t end = i;
    while (end < piece.size() && !is_space(piece[end]) && !(piece[end] == '\xC2' && piece.substr(end, 2) == "\xC2\xA0")) ++end;
    if (end > i) {
      mark(line);
      if (!flow_.text.empty()) flow_.text += gap_;
      gap_.clear();
      flow_.text += piece.substr(i, end - i);
      i = end;
      continue;
    }
    if (piece[i] == '\n' && line != 0) ++line;
    if (gap_.empty()) gap_ = " ";
    i += piece[i] == '\xC2' ? 2 : 1;
  }
}

void FlowText::line_break() { gap_ = "\n"; }

void FlowText::separator(std::string_view text) { gap_ = text; }

Flow FlowText::take() {
  gap_.clear();
  return std::exchange(flow_, {});
}

DocumentBuilder::DocumentBuilder(Reading& reading, std::string format) : reading_(reading) {
  document_.uri = reading.uri();
  document_.format = std::move(format);
}

void DocumentBuilder::push(Block block) {
  if (block.text.empty()) return;
  if (block.page == 0) block.page = page_;
  blank_controls(block.text);
  for (const auto& [level, text] : path_) block.headings.push_back(text);
  std::size_t bytes = block.text.size() + block.line_marks.size();
  for (const std::string& part : block.headings) bytes += part.size() / 4;
  reading_.charge(bytes);
  document_.blocks.push_back(std::move(block));
}

void DocumentBuilder::heading(int level, Flow flow, std::uint32_t page) {
  level = std::clamp(level, 1, 6);
  if (flow.text.empty()) return;
  while (!path_.empty() && path_.back().first >= level) path_.pop_back();
  std::string text = flow.text;
  std::replace(text.begin(), text.end(), '\n', ' ');
  push({BlockKind::heading, std::move(flow.text), level, {}, page, flow.line, std::move(flow.marks)});
  path_.emplace_back(level, clipped(text));
}

void DocumentBuilder::add(BlockKind kind, Flow flow, std::uint32_t page) {
  push({kind, std::move(flow.text), 0, {}, page, flow.line, std::move(flow.marks)});
}

void DocumentBuilder::add_code(std::string_view code, std::uint32_t line, std::uint32_t page) {
  std::string text;
  text.reserve(code.size());
  while (!code.empty()) {
    const std::size_t end = std::min(code.find('\n'), code.size());
    std::string_view row = code.substr(0, end);
    code.remove_prefix(std::min(end + 1, code.size()));
    while (!row.empty() && is_space(row.back())) row.remove_suffix(1);
    if (text.empty() && row.empty()) {
      if (line != 0) ++line;
      continue;
    }
    text += row;
    text += '\n';
  }
  while (!text.empty() && text.back() == '\n') text.pop_back();
  push({BlockKind::code, std::move(text), 0, {}, page, line, {}});
}

void DocumentBuilder::set_title(std::string title) {
  FlowText flow;
  flow.append(title, 0);
  document_.title = clipped(flow.take().text);
}

void DocumentBuilder::meta(std::string key, std::string value) {
  if (key.empty() || value.empty()) return;
  reading_.charge(key.size() + value.size());
  blank_controls(key);
  blank_controls(value);
  document_.metadata.emplace_back(std::move(key), std::move(value));
}

Document DocumentBuilder::finish() {
  auto& metadata = document_.metadata;
  std::stable_sort(metadata.begin(), metadata.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  metadata.erase(std::unique(metadata.begin(), metadata.end(), [](const auto& a, const auto& b) { return a.first == b.first; }),
                 metadata.end());
  if (document_.title.empty()) {
    const auto first = std::find_if(document_.blocks.begin(), document_.blocks.end(),
                                    [](const Block& block) { return block.kind == BlockKind::heading && block.level == 1; });
    if (first != document_.blocks.end()) set_title(first->text);
  }
  if (document_.title.empty()) document_.title = reading_.name();
  return std::move(document_);
}

void add_paragraphs(DocumentBuilder& builder, std::string_view text, Place place) {
  FlowText flow;
  const auto flush = [&] {
    Flow paragraph = flow.take();
    paragraph.line = place.line;
    builder.add(BlockKind::paragraph, std::move(paragraph), place.page);
  };
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view row = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (trimmed(row).empty()) flush();
    flow.append(row, 0);
    flow.append(" ", 0);
  }
  flush();
}

}  // namespace documents
}  // namespace akin
