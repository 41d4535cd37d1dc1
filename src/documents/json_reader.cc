// JSON, JSON arrays and JSON lines. An array's elements are told apart by a scan for their ends and parsed one by one, so that memory
// follows the largest element, not the file, and each record knows its line. Tested by json_reader_test.cc.
#include <algorithm>
#include <cstdint>

#include "charset.h"
#include "json_parse.h"
#include "readers.h"
#include "record.h"

namespace akin::documents {
namespace {

using Json = nlohmann::json;

class JsonReader {
 public:
  explicit JsonReader(Reading& reading, std::string_view bytes)
      : reading_(reading), decoded_(decode_verbatim(bytes)), text_(decoded_.text) {}

  std::vector<Document> read_lines() {
    for (; at_ < text_.size(); ++line_) {
      const std::size_t end = std::min(text_.find('\n', at_), text_.size());
      if (!trimmed(text_.substr(at_, end - at_)).empty()) add(end);
      at_ = end + 1;
    }
    return finish();
  }

  std::vector<Document> read_value() {
    skip_space();
    if (at_ == text_.size()) fail("holds no JSON value");
    if (text_[at_] == '[') {
      read_array();
    } else {
      const std::size_t end = value_end();
      add(end);
      advance(end);
    }
    skip_space();
    if (at_ != text_.size()) fail("not valid JSON: something follows the value");
    return finish();
  }

 private:
  void read_array() {
    advance(at_ + 1);
    skip_space();
    if (peek() == ']') return advance(at_ + 1);
    for (;;) {
      const std::size_t end = value_end();
      add(end);
      advance(end);
      skip_space();
      const char c = peek();
      if (c != ',' && c != ']') fail("not valid JSON: ',' or ']' wanted");
      advance(at_ + 1);
      if (c == ']') return;
      skip_space();
    }
  }

  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  static bool is_json_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

  void skip_space() {
    std::size_t end = at_;
    while (end < text_.size() && is_json_space(text_[end])) ++end;
    advance(end);
  }

  void advance(std::size_t to) {
    const auto begin = text_.begin() + static_cast<std::ptrdiff_t>(at_);
    line_ += static_cast<std::uint32_t>(std::count(begin, text_.begin() + static_cast<std::ptrdiff_t>(to), '\n'));
    at_ = to;
  }

  /// Where the value that begins at at_ must end; whether it is well formed is the parser's business.
  [[nodiscard]] std::size_t value_end() const {
    std::size_t depth = 0;
    for (std::size_t i = at_; i < text_.size(); ++i) {
      const char c = text_[i];
      if (c == '"') {
        for (++i; i < text_.size() && text_[i] != '"'; ++i)
          if (text_[i] == '\\') ++i;
      } else if (c == '[' || c == '{') {
        reading_.check_depth(++depth);
      } else if (c == ']' || c == '}') {
        if (depth == 0) return i;
        if (--depth == 0) return i + 1;
      } else if (depth == 0 && (c == ',' || is_json_space(c))) {
        return i;
      }
    }
    return text_.size();
  }

  /// Parses [at_, end) and adds it as a record.
  void add(std::size_t end) {
    if (documents_.size() % 256 == 0) reading_.check_time();
    const Json value = parse_json(text_.substr(at_, end - at_), line_, reading_);
    Record record(reading_, "jsonl", documents_.size() + 1, line_);
    flatten(record, {}, value);
    documents_.push_back(record.finish());
  }

  // Recursion is bounded by the depth that parse_json() lets through.
  static void flatten(Record& record, const std::string& name, const Json& value) {
    if (value.is_object()) {
      for (const auto& [key, inner] : value.items()) flatten(record, name.empty() ? key : name + "." + key, inner);
    } else if (value.is_array()) {
      flatten_array(record, name, value);
    } else if (value.is_string()) {
      const auto& text = value.get_ref<const std::string&>();
      const bool prose = name.empty() || is_prose_field(std::string_view(name).substr(name.rfind('.') + 1));
      prose ? record.prose(text) : record.field(name, text);
    } else if (!value.is_null()) {
      record.field(name.empty() ? "value" : name, value.dump());
    }
  }

  static void flatten_array(Record& record, const std::string& name, const Json& array) {
    const bool simple = std::none_of(array.begin(), array.end(), [](const Json& item) { return item.is_structured(); });
    if (!simple || is_prose_field(name)) {
      for (const Json& item : array) flatten(record, name, item);
      return;
    }
    std::string joined;
    for (const Json& item : array) {
      if (item.is_null()) continue;
      if (!joined.empty()) joined += ", ";
      joined += item.is_string() ? item.get_ref<const std::string&>() : item.dump();
    }
    record.field(name.empty() ? "values" : name, joined);
  }

  std::vector<Document> finish() {
    if (!documents_.empty()) documents_.front().n_invalid = decoded_.n_invalid;
    return std::move(documents_);
  }

  [[noreturn]] void fail(const std::string& message) const { reading_.fail(ErrorCode::corrupt, place(line_) + message); }
  static std::string place(std::uint32_t line) { return "line " + std::to_string(line) + ": "; }

  Reading& reading_;
  Decoded decoded_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
  std::vector<Document> documents_;
};

}  // namespace

std::vector<Document> read_json(std::string_view bytes, Reading& reading) { return JsonReader(reading, bytes).read_value(); }

std::vector<Document> read_jsonl(std::string_view bytes, Reading& reading) { return JsonReader(reading, bytes).read_lines(); }

}  // namespace akin::documents
