// RTF → blocks. Letters come as bytes of the font's code page or as Unicode; headings are told by outline level or by a style called
// "heading N". What is not the text's flow (fonts, colours, pictures, objects, headers and footers, field codes, what is hidden or deleted)
// is left out. Tested by rtf_reader_test.cc.
#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <optional>
#include <vector>

#include "akin/base/utf8.h"
#include "charset.h"
#include "office_text.h"
#include "readers.h"
#include "rtf_tokens.h"
#include "rtf_words.h"

namespace akin::documents {
namespace {

/// What a paragraph says of itself.
struct ParagraphWords {
  int style = -1;
  int outline = -1;
  bool is_item = false;
};

/// What a group inherits and gives back at its end.
struct State {
  RtfRole role = RtfRole::body;
  std::string_view field;  // of the document's information
  int font_page = 0;       // 0: the document's
  int unicode_skip = 1;
  bool is_hidden = false;
  ParagraphWords words;
  bool in_table = false;         // paragraphs from here on are
  bool is_note = false;          // begun here
  bool outer_paragraph = false;  // whether one was open outside of the note
};

class RtfReader {
 public:
  RtfReader(DocumentBuilder& builder, Reading& reading) : builder_(builder), reading_(reading), text_(builder, reading) {}

  void read(std::string_view bytes) {
    RtfTokens tokens(bytes);
    states_.push_back({});
    std::size_t n_tokens = 0;
    for (RtfToken token = tokens.next(); token.kind != RtfKind::finish; token = tokens.next()) {
      if (++n_tokens % 65536 == 0) reading_.check_time();
      if (token.kind == RtfKind::word && token.text == "bin") {
        tokens.skip(static_cast<std::size_t>(std::max(token.value, 0)));
      } else {
        take(token);
      }
      if (states_.empty()) break;  // the last brace: what follows is padding
    }
    if (!states_.empty() && states_.size() > 1) reading_.fail(ErrorCode::corrupt, "is a broken RTF document: it ends inside a group");
    while (!states_.empty()) close_group();
    text_.finish();
    for (const auto& [key, value] : info_) take_info(key, value);
  }

 private:
  State& state() { return states_.back(); }

  void take(const RtfToken& token) {
    const bool starred = std::exchange(starred_, false);
    switch (token.kind) {
      case RtfKind::begin:
        flush();
        reading_.check_depth(states_.size());
        states_.push_back(state());
        state().is_note = false;
        to_skip_ = 0;
        break;
      case RtfKind::end:
        close_group();
        break;
      case RtfKind::word:
        word(token, starred);
        break;
      case RtfKind::symbol:
        symbol(token.text[0]);
        break;
      case RtfKind::byte:
        if (to_skip_ > 0) {
          --to_skip_;
        } else {
          bytes_ += static_cast<char>(token.value);
        }
        break;
      case RtfKind::text:
        letters(token.text);
        break;
      case RtfKind::finish:
        break;
    }
  }

  void close_group() {
    flush();
    to_skip_ = 0;
    if (state().is_note) {
      if (paragraph_open_) end_paragraph();
      text_.end_note();
      paragraph_open_ = state().outer_paragraph;
    }
    if (state().role == RtfRole::styles) name_style();
    if (states_.size() <= 2) end_body();  // of the document, or of what stands outside of it
    states_.pop_back();
  }

  /// The outermost group ends, and with it what the file left open.
  void end_body() {
    end_table();
    if (paragraph_open_) end_paragraph();
  }

  void symbol(char c) {
    switch (c) {
      case '*':
        starred_ = true;
        return;
      case '\r':
      case '\n':
        return paragraph_end();
      case '~':
        return say(" ");
      case '_':
        return say("-");
      case '{':
      case '}':
      case '\\':
        return letters(std::string_view(&c, 1));
      default:
        return;
    }
  }

  void letters(std::string_view text) {
    const std::size_t n = std::min<std::size_t>(text.size(), static_cast<std::size_t>(to_skip_));
    to_skip_ -= static_cast<int>(n);
    bytes_ += text.substr(n);
  }

  void word(const RtfToken& token, bool starred) {
    const std::string_view name = token.text;
    if (name == "u") return unicode(token.value);
    flush();
    if (name == "footnote") return begin_note();
    const RtfRole role = rtf_role(name);
    if (role != RtfRole::body && state().role != RtfRole::dropped) {
      enter(role, name);
    } else if (starred && !is_known_starred(name)) {
      state().role = RtfRole::dropped;
    } else if (!character_word(name) && !font_word(name, token.value)) {
      paragraph_word(name, token);
    }
  }

  void enter(RtfRole role, std::string_view name) {
    // "title" and its kind are fields inside of the information only.
    if (role == RtfRole::info_field && state().role != RtfRole::info) return;
    state().role = role;
    state().field = role == RtfRole::info_field ? name : std::string_view{};
    if (role == RtfRole::item_mark && states_.size() > 1) states_[states_.size() - 2].words.is_item = true;
  }

  bool character_word(std::string_view name) {
    const std::optional<std::string_view> text = rtf_character(name);
    if (text) say(*text);
    return text.has_value();
  }

  bool font_word(std::string_view name, int value) {
    if (name == "ansicpg") {
      page_ = value;
    } else if (name == "mac") {
      page_ = 10000;
    } else if (name == "uc") {
      state().unicode_skip = std::clamp(value, 0, 255);
    } else if (name == "f") {
      if (state().role == RtfRole::fonts) {
        font_ = value;
      } else {
        const auto at = font_pages_.find(value);
        state().font_page = at == font_pages_.end() ? 0 : at->second;
      }
    } else if (name == "fcharset") {
      if (state().role == RtfRole::fonts) font_pages_[font_] = page_of_charset(value);
    } else {
      return false;
    }
    return true;
  }

  void paragraph_word(std::string_view name, const RtfToken& token) {
    const bool on = !token.has_value || token.value != 0;
    if (name == "par" || name == "sect") {
      paragraph_end();
    } else if (name == "pard") {
      state().words = {};
      state().in_table = false;
    } else if (name == "line" && state().role == RtfRole::body) {
      open_paragraph();
      text_.line_break();
    } else if (name == "s") {
      state().words.style = token.value;
    } else if (name == "outlinelevel") {
      state().words.outline = token.value;
    } else if (name == "ls") {
      state().words.is_item = token.value > 0;
    } else if (name == "v" || name == "deleted") {
      state().is_hidden = on;
    } else if (name == "plain") {
      state().is_hidden = false;
      state().font_page = 0;
    } else if (state().role == RtfRole::info_field && state().field.ends_with("tim")) {
      date_word(name, token.value);
    } else {
      table_word(name);
    }
  }

  void table_word(std::string_view name) {
    if (in_note() || state().role != RtfRole::body) return;
    if (name == "intbl" || name == "trowd") {
      state().in_table = true;
    } else if (name == "cell") {
      begin_table();
      if (paragraph_open_) end_paragraph();
      text_.begin_cell();
    } else if (name == "row") {
      begin_table();
      if (paragraph_open_) end_paragraph();
      text_.end_row();
      end_table();
      state().in_table = true;  // until \pard
    }
  }

  [[nodiscard]] bool in_note() const {
    return std::any_of(states_.begin(), states_.end(), [](const State& state) { return state.is_note; });
  }

  void begin_table() {
    if (std::exchange(in_row_, true)) return;
    text_.begin_table();
    text_.begin_cell();
  }

  void end_table() {
    if (!std::exchange(in_row_, false)) return;
    if (paragraph_open_) end_paragraph();
    text_.end_row();
    text_.end_table();
  }

  void begin_note() {
    if (state().role != RtfRole::body || state().is_note) return;
    state().is_note = true;
    state().outer_paragraph = std::exchange(paragraph_open_, false);
    text_.begin_note();
  }

  void unicode(int value) {
    decode_bytes();
    const auto unit = static_cast<char32_t>(value < 0 ? value + 65'536 : value);
    if (unit >= 0xDC00 && unit < 0xE000 && high_ != 0) {
      append_utf8(letters_, 0x10000 + ((high_ - 0xD800) << 10) + (unit - 0xDC00));
      high_ = 0;
    } else if (unit >= 0xD800 && unit < 0xDC00) {
      high_ = unit;
    } else {
      append_utf8(letters_, unit);
      high_ = 0;
    }
    to_skip_ = state().unicode_skip;
  }

  void decode_bytes() {
    if (bytes_.empty()) return;
    const bool ascii = std::all_of(bytes_.begin(), bytes_.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (ascii) {
      letters_ += bytes_;
    } else {
      const Decoded decoded = decode_as(bytes_, page_name(state().font_page != 0 ? state().font_page : page_));
      builder_.count_invalid(decoded.n_invalid);
      letters_ += decoded.text;
    }
    bytes_.clear();
  }

  /// Hands on the letters gathered so far, which share one state.
  void flush() {
    decode_bytes();
    if (letters_.empty()) return;
    const std::string text = std::exchange(letters_, {});
    say(text);
  }

  void say(std::string_view text) {
    flush();
    if (state().role == RtfRole::styles) style_name_ += text;
    if (state().role == RtfRole::info_field) add_info(text);
    if (state().role != RtfRole::body || state().is_hidden || text.empty()) return;
    open_paragraph();
    text_.text(text);
  }

  void open_paragraph() {
    if (paragraph_open_) return;
    if (state().in_table && !in_note()) begin_table();
    if (!state().in_table && !in_note()) end_table();
    text_.begin_paragraph();
    paragraph_open_ = true;
  }

  void paragraph_end() {
    flush();
    if (state().role != RtfRole::body) return;
    if (paragraph_open_) end_paragraph();
  }

  void end_paragraph() {
    ParagraphStyle style;
    const auto named = style_names_.find(state().words.style);
    const std::string name = named == style_names_.end() ? "" : named->second;
    if (state().words.outline >= 0 && state().words.outline < 9) {
      style.level = state().words.outline + 1;
    } else if (state().words.outline < 0 && name.starts_with("heading ") && name.size() == 9 && name[8] >= '1' && name[8] <= '9') {
      style.level = name[8] - '0';
    }
    style.is_title = name == "title";
    style.is_list_item = state().words.is_item;
    style.is_quote = name == "quote" || name == "intense quote" || name == "block text";
    text_.set_style(style);
    text_.end_paragraph();
    paragraph_open_ = false;
  }

  /// A group of the style sheet has ended: "heading 1;" is the name of the style that \s chose.
  void name_style() {
    std::string name(trimmed(style_name_));
    style_name_.clear();
    if (name.ends_with(';')) name.pop_back();
    if (!name.empty() && state().words.style >= 0 && style_names_.size() < 10'000) style_names_[state().words.style] = to_lower_ascii(name);
    state().words = {};
  }

  void add_info(std::string_view text) {
    std::string& value = info_[std::string(state().field)];
    if (value.size() < 10'000) value += text;
  }

  void date_word(std::string_view name, int value) {
    constexpr std::array<std::pair<std::string_view, std::size_t>, 5> kParts = {{{"yr", 0}, {"mo", 1}, {"dy", 2}, {"hr", 3}, {"min", 4}}};
    std::array<int, 5>& date = dates_[std::string(state().field)];
    for (const auto& [key, i] : kParts)
      if (key == name) date[i] = std::clamp(value, 0, 9999);
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d", date[0], date[1], date[2], date[3], date[4]);
    info_[std::string(state().field)] = text.data();
  }

  void take_info(const std::string& key, const std::string& value) {
    const std::string text(trimmed(value));
    if (key == "title") {
      if (!text.empty()) builder_.set_title(text);
    } else if (key == "creatim") {
      builder_.meta("created", text);
      if (!info_.contains("revtim")) builder_.meta("date", text);
    } else if (key == "revtim") {
      builder_.meta("date", text);
    } else {
      builder_.meta(key == "doccomm" ? "description" : key, text);
    }
  }

  DocumentBuilder& builder_;
  Reading& reading_;
  OfficeText text_;
  std::vector<State> states_;
  std::string bytes_;    // in the code page
  std::string letters_;  // decoded
  char32_t high_ = 0;    // first half of a surrogate pair
  int to_skip_ = 0;      // letters that stand for a Unicode one before them
  int page_ = 1252;
  int font_ = 0;
  std::map<int, int> font_pages_;
  std::map<int, std::string> style_names_;
  std::string style_name_;
  std::map<std::string, std::string> info_;
  std::map<std::string, std::array<int, 5>> dates_;
  bool starred_ = false;
  bool paragraph_open_ = false;
  bool in_row_ = false;
};

}  // namespace

std::vector<Document> read_rtf(std::string_view bytes, Reading& reading) {
  DocumentBuilder builder(reading, "rtf");
  RtfReader(builder, reading).read(bytes);
  std::vector<Document> documents;
  documents.push_back(builder.finish());
  return documents;
}

}  // namespace akin::documents
