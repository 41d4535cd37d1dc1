// Markdown by md4c (CommonMark with tables and strikethrough). md4c hands over stretches of the source itself, so that a stretch's address
// tells its line. Exceptions must not pass through its C frames: they are caught in the callbacks and thrown again behind it.
// Tested by markdown_reader_test.cc.
#include <md4c.h>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <functional>
#include <limits>

#include "charset.h"
#include "readers.h"

namespace akin::documents {
namespace {

/// What is left of raw HTML without tags, comments, scripts and styles. Line ends are kept, so that lines can be counted.
std::string without_tags(std::string_view html) {
  const std::string lower = to_lower_ascii(html);
  std::string out;
  std::size_t i = 0;
  const auto skip_past = [&](std::string_view end) {
    const std::size_t found = lower.find(end, i);
    const std::size_t stop = found == lower.npos ? html.size() : found + end.size();
    out.append(static_cast<std::size_t>(
                   std::count(html.begin() + static_cast<std::ptrdiff_t>(i), html.begin() + static_cast<std::ptrdiff_t>(stop), '\n')),
               '\n');
    i = stop;
  };
  while (i < html.size()) {
    const std::string_view rest = std::string_view(lower).substr(i, 8);
    if (rest.starts_with("<!--")) {
      skip_past("-->");
    } else if (rest.starts_with("<script")) {
      skip_past("</script>");
    } else if (rest.starts_with("<style")) {
      skip_past("</style>");
    } else if (rest.size() > 1 && rest[0] == '<' && (rest[1] == '/' || rest[1] == '!' || (rest[1] >= 'a' && rest[1] <= 'z'))) {
      skip_past(">");
      out += ' ';
    } else if (const std::size_t end = html.substr(i, 40).find(';'); end != html.npos && is_entity(html.substr(i, end + 1))) {
      out += decode_entity(html.substr(i, end + 1));
      i += end + 1;
    } else {
      out += html[i++];
    }
  }
  return out;
}

/// Takes "key: value" lines between "---" fences off the front. Returns how many lines were taken.
std::uint32_t take_front_matter(std::string_view& text, DocumentBuilder& builder) {
  if (!text.starts_with("---\n") && !text.starts_with("+++\n")) return 0;
  const std::string fence(text.substr(0, 3));
  constexpr std::size_t kLongest = 1 << 16;
  const std::string_view front = text.substr(0, kLongest);
  std::size_t end = front.find("\n" + fence + "\n", 3);
  if (end == front.npos && text.size() <= kLongest && text.ends_with("\n" + fence)) end = text.size() - 4;
  if (end == front.npos) return 0;
  std::string_view body = text.substr(4, end > 4 ? end - 4 : 0);
  while (!body.empty()) {
    const std::size_t stop = std::min(body.find('\n'), body.size());
    const std::string_view row = body.substr(0, stop);
    body.remove_prefix(std::min(stop + 1, body.size()));
    const std::size_t colon = row.find(fence == "---" ? ':' : '=');
    if (colon == row.npos || row.empty() || is_space(row[0]) || row[0] == '#' || row[0] == '-') continue;
    const std::string key = to_lower_ascii(trimmed(row.substr(0, colon)));
    std::string_view value = trimmed(row.substr(colon + 1));
    if (value.size() > 1 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front())
      value = value.substr(1, value.size() - 2);
    if (key == "title") {
      builder.set_title(std::string(value));
    } else {
      builder.meta(key, std::string(value));
    }
  }
  const std::string_view taken = text.substr(0, std::min(end + 5, text.size()));
  text.remove_prefix(taken.size());
  return static_cast<std::uint32_t>(std::count(taken.begin(), taken.end(), '\n'));
}

/// md4c looks for the line of each bracket among all lines of its paragraph, and cannot be interrupted there. Tells whether a stretch
/// without blank lines would take it too long; a table (a delimiter row comes second) is read row by row and never does.
class LongParagraphCheck {
 public:
  bool too_long(std::string_view row) {
    if (trimmed(row).empty()) {
      n_lines_ = n_brackets_ = 0;
      return false;
    }
    if (++n_lines_ == 1) is_table_ = false;
    if (n_lines_ == 2) is_table_ = row.find('-') != row.npos && row.find('|') != row.npos && row.find_first_not_of("|-: \t") == row.npos;
    n_brackets_ += static_cast<std::size_t>(std::count(row.begin(), row.end(), '[') + std::count(row.begin(), row.end(), ']'));
    return !is_table_ && n_lines_ * n_brackets_ > kMaxSteps;
  }

 private:
  static constexpr std::size_t kMaxSteps = 30'000'000'000;  // a few seconds; 120,000 lines with a link each

  std::size_t n_lines_ = 0;
  std::size_t n_brackets_ = 0;
  bool is_table_ = false;
};

class MarkdownReader {
 public:
  MarkdownReader(DocumentBuilder& builder, Reading& reading) : reading_(reading), builder_(builder) {}

  /// `first_line` is that of the text's first one; 0: it stands on none.
  void read(std::string_view text, std::uint32_t first_line, std::uint32_t page) {
    source_ = text;
    page_ = page;
    if (source_.size() > std::numeric_limits<MD_SIZE>::max() / 2) reading_.fail(ErrorCode::limit, "is too large for Markdown");
    first_line_ = first_line;
    find_lines();
    parse();
    flush(BlockKind::paragraph);
  }

 private:
  void find_lines() {
    LongParagraphCheck check;
    for (std::size_t at = 0; at < source_.size();) {
      line_starts_.push_back(static_cast<std::uint32_t>(at));
      const std::size_t end = std::min(source_.find('\n', at), source_.size());
      if (check.too_long(source_.substr(at, end - at)))
        reading_.fail(ErrorCode::limit,
                      "line " + std::to_string(first_line_ + line_starts_.size() - 1) + ": a paragraph with too many lines and brackets");
      at = end + 1;
    }
  }

  void parse() {
    MD_PARSER parser{};
    parser.flags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS;
    parser.enter_block = [](MD_BLOCKTYPE type, void* detail, void* self) { return guarded(self, [&](auto& r) { r.enter(type, detail); }); };
    parser.leave_block = [](MD_BLOCKTYPE type, void* detail, void* self) { return guarded(self, [&](auto& r) { r.leave(type, detail); }); };
    parser.enter_span = [](MD_SPANTYPE, void*, void*) { return 0; };
    parser.leave_span = [](MD_SPANTYPE, void*, void*) { return 0; };
    parser.text = [](MD_TEXTTYPE type, const MD_CHAR* text, MD_SIZE size, void* self) {
      return guarded(self, [&](auto& r) { r.text(type, {text, size}); });
    };
    const int status = md_parse(source_.data(), static_cast<MD_SIZE>(source_.size()), &parser, this);
    if (error_) std::rethrow_exception(error_);
    if (status != 0) reading_.fail(ErrorCode::limit, "not enough memory to read it as Markdown");
  }

  template <class Body>
  static int guarded(void* self, Body&& body) {
    auto& reader = *static_cast<MarkdownReader*>(self);
    try {
      if (++reader.n_events_ % 1024 == 0) reader.reading_.check_time();
      body(reader);
      return 0;
    } catch (...) {
      reader.error_ = std::current_exception();
      return 1;
    }
  }

  void enter(MD_BLOCKTYPE type, void*) {
    reading_.check_depth(++depth_);
    switch (type) {
      case MD_BLOCK_LI:
      case MD_BLOCK_UL:
      case MD_BLOCK_OL:
        flush(n_lists_ > 0 ? BlockKind::list_item : BlockKind::paragraph);
        n_lists_ += type == MD_BLOCK_LI ? 1U : 0U;
        break;
      case MD_BLOCK_QUOTE:
        ++n_quotes_;
        break;
      case MD_BLOCK_CODE:
      case MD_BLOCK_HTML:
        raw_.clear();
        raw_line_ = 0;
        in_raw_ = true;
        break;
      case MD_BLOCK_TH:
      case MD_BLOCK_TD:
        flow_.separator(" | ");
        break;
      default:
        break;
    }
  }

  void leave(MD_BLOCKTYPE type, void* detail) {
    --depth_;
    switch (type) {
      case MD_BLOCK_H:
        builder_.heading(static_cast<int>(static_cast<MD_BLOCK_H_DETAIL*>(detail)->level), flow_.take(), page_);
        break;
      case MD_BLOCK_P:
        flush(n_lists_ > 0 ? BlockKind::list_item : n_quotes_ > 0 ? BlockKind::quote : BlockKind::paragraph);
        break;
      case MD_BLOCK_LI:
        flush(BlockKind::list_item);
        --n_lists_;
        break;
      case MD_BLOCK_QUOTE:
        --n_quotes_;
        break;
      case MD_BLOCK_TR:
        flush(BlockKind::table_row);
        break;
      case MD_BLOCK_CODE:
        in_raw_ = false;
        builder_.add_code(raw_, raw_line_, page_);
        break;
      case MD_BLOCK_HTML:
        in_raw_ = false;
        flow_.append(without_tags(raw_), raw_line_);
        flush(BlockKind::paragraph);
        break;
      default:
        break;
    }
  }

  void text(MD_TEXTTYPE type, std::string_view piece) {
    const std::uint32_t line = line_of(piece);
    if (in_raw_) {
      if (raw_line_ == 0) raw_line_ = line;
      raw_ += piece;
      return;
    }
    switch (type) {
      case MD_TEXT_NULLCHAR:
        flow_.append("\xEF\xBF\xBD", line);
        break;
      case MD_TEXT_BR:
        flow_.line_break();
        break;
      case MD_TEXT_SOFTBR:
        flow_.append(" ", line);
        break;
      case MD_TEXT_ENTITY:
        flow_.append(decode_entity(piece), line);
        break;
      case MD_TEXT_HTML:
        if (to_lower_ascii(piece.substr(0, 3)) == "<br") flow_.line_break();
        break;
      default:
        flow_.append(piece, line);
        break;
    }
  }

  /// The line of a stretch of the source. md4c gives line ends and the like from its own memory: they are where the last stretch was.
  std::uint32_t line_of(std::string_view piece) {
    if (first_line_ == 0) return 0;
    const std::less<const char*> before;
    if (before(piece.data(), source_.data()) || !before(piece.data(), source_.data() + source_.size())) return last_line_;
    const auto offset = static_cast<std::uint32_t>(piece.data() - source_.data());
    const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
    last_line_ = first_line_ + static_cast<std::uint32_t>(next - line_starts_.begin()) - 1;
    return last_line_;
  }

  void flush(BlockKind kind) { builder_.add(kind, flow_.take(), page_); }

  Reading& reading_;
  DocumentBuilder& builder_;
  std::string_view source_;
  std::uint32_t page_ = 0;
  std::vector<std::uint32_t> line_starts_;
  std::uint32_t first_line_ = 1;
  std::uint32_t last_line_ = 1;
  FlowText flow_;
  std::string raw_;
  std::uint32_t raw_line_ = 0;
  bool in_raw_ = false;
  std::size_t depth_ = 0;
  std::size_t n_lists_ = 0;
  std::size_t n_quotes_ = 0;
  std::size_t n_events_ = 0;
  std::exception_ptr error_;
};

}  // namespace

std::vector<Document> read_markdown(std::string_view bytes, Reading& reading) {
  DocumentBuilder builder(reading, "markdown");
  const Decoded decoded = decode_text(bytes);
  builder.count_invalid(decoded.n_invalid);
  if (decoded.encoding != "utf-8") builder.meta("encoding", decoded.encoding);
  std::string_view text = decoded.text;
  const std::uint32_t skipped = take_front_matter(text, builder);
  MarkdownReader(builder, reading).read(text, skipped + 1, 0);
  std::vector<Document> documents;
  documents.push_back(builder.finish());
  return documents;
}

void add_markdown(DocumentBuilder& builder, std::string_view text, std::uint32_t page, Reading& reading) {
  MarkdownReader(builder, reading).read(text, 0, page);
}

}  // namespace akin::documents
