#include "mime.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "akin/base/base64.h"
#include "charset.h"
#include "reading.h"

namespace akin::documents {
namespace {

/// The line at the front with its end ("\n" or "\r\n"), taken off.
std::string_view take_line(std::string_view& bytes) {
  const std::size_t end = bytes.find('\n');
  const std::string_view line = bytes.substr(0, end == bytes.npos ? bytes.size() : end + 1);
  bytes.remove_prefix(line.size());
  return line;
}

std::string_view without_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

int hex_value(char c) {
  const std::size_t at = std::string_view("0123456789ABCDEF").find(c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

/// "=C3" and its kind with `sign` in front; false if there is no such pair at `at`.
bool take_hex(std::string_view text, std::size_t at, char sign, std::string& out) {
  if (at + 2 >= text.size() || text[at] != sign) return false;
  const int high = hex_value(text[at + 1]), low = hex_value(text[at + 2]);
  if (high < 0 || low < 0) return false;
  out += static_cast<char>(high * 16 + low);
  return true;
}

std::string from_quoted_printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::string_view whole = take_line(text);
    std::string_view line = without_end(whole);
    while (!line.empty() && (line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
    const bool soft = line.ends_with('=');
    if (soft) line.remove_suffix(1);
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (take_hex(line, i, '=', out)) {
        i += 2;
      } else {
        out += line[i];
      }
    }
    if (!soft && whole.ends_with('\n')) out += '\n';
  }
  return out;
}

/// One encoded word without its "=?" and "?=": "utf-8?q?caf=C3=A9". False if it is none.
bool decode_word(std::string_view word, std::string& out) {
  const std::size_t first = word.find('?');
  if (first == word.npos || first + 2 >= word.size() || word[first + 2] != '?') return false;
  std::string_view charset = word.substr(0, first);
  charset = charset.substr(0, charset.find('*'));  // RFC 2231 adds the language
  const char coding = word[first + 1];
  const std::string_view text = word.substr(first + 3);
  std::string bytes;
  if (coding == 'b' || coding == 'B') {
    bytes = decode_base64_loosely(text);
  } else if (coding == 'q' || coding == 'Q') {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (take_hex(text, i, '=', bytes)) {
        i += 2;
      } else {
        bytes += text[i] == '_' ? ' ' : text[i];
      }
    }
  } else {
    return false;
  }
  out += decode_text(bytes, charset).text;
  return true;
}

/// "utf-8'en'caf%C3%A9" (RFC 2231) → "café".
std::string decode_extended(const std::string& value) {
  const std::size_t first = value.find('\''), second = first == value.npos ? value.npos : value.find('\'', first + 1);
  const std::string charset = second == value.npos ? "" : value.substr(0, first);
  const std::string_view text = std::string_view(value).substr(second == value.npos ? 0 : second + 1);
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (take_hex(text, i, '%', bytes)) {
      i += 2;
    } else {
      bytes += text[i];
    }
  }
  return decode_text(bytes, charset).text;
}

/// One parameter "name=value" or "name=\"va;lue\"" off the front of `rest`, which begins after a ';'.
std::pair<std::string, std::string> take_parameter(std::string_view& rest) {
  const std::size_t equals = rest.find_first_of("=;");
  std::string name = to_lower_ascii(trimmed(rest.substr(0, equals)));
  std::string value;
  if (equals == rest.npos || rest[equals] == ';') {
    rest.remove_prefix(equals == rest.npos ? rest.size() : equals + 1);
    return {std::move(name), {}};
  }
  rest.remove_prefix(equals + 1);
  while (!rest.empty() && is_space(rest[0])) rest.remove_prefix(1);
  const bool quoted = rest.starts_with('"');
  std::size_t i = quoted ? 1 : 0;
  for (; i < rest.size() && rest[i] != (quoted ? '"' : ';'); ++i) {
    if (quoted && rest[i] == '\\' && i + 1 < rest.size()) ++i;
    value += rest[i];
  }
  const std::size_t end = rest.find(';', std::min(i, rest.size()));
  rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  return {std::move(name), quoted ? value : std::string(trimmed(value))};
}

/// Joins "name*0=…; name*1*=…" and decodes what is marked by a star at its end.
std::map<std::string, std::string> joined(const std::vector<std::pair<std::string, std::string>>& given) {
  std::map<std::string, std::string> words, pieces;
  for (const auto& [name, value] : given) {
    const std::size_t star = name.find('*');
    if (star == name.npos) {
      words.emplace(name, decode_words(value));
    } else {
      pieces[name.substr(0, star)] += value;
    }
  }
  for (const auto& [name, value] : pieces) words[name] = decode_extended(value);
  return words;
}

/// The name in front of the colon; empty if the line is no header: names have no spaces in them.
std::string_view header_name(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == line.npos) return {};
  const std::string_view name = trimmed(line.substr(0, colon));
  return std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7F; }) ? name : std::string_view();
}

}  // namespace

std::string MimePart::header(const std::string& name) const {
  const auto at = headers.find(name);
  return at == headers.end() ? std::string() : at->second;
}

MimeField MimePart::field(const std::string& name) const {
  const std::string text = header(name);
  MimeField field;
  const std::size_t end = std::min(text.find(';'), text.size());
  field.value = to_lower_ascii(trimmed(std::string_view(text).substr(0, end)));
  std::string_view rest = std::string_view(text).substr(std::min(end + 1, text.size()));
  std::vector<std::pair<std::string, std::string>> given;
  while (!rest.empty() && given.size() < 1000) given.push_back(take_parameter(rest));
  field.words = joined(given);
  return field;
}

MimePart parse_mime(std::string_view bytes) {
  constexpr std::size_t kMaxHeaders = std::size_t{1} << 20;
  MimePart part;
  const std::size_t all = bytes.size();
  std::string* last = nullptr;
  while (!bytes.empty() && all - bytes.size() < kMaxHeaders) {
    const std::string_view rest = bytes;
    const std::string_view line = without_end(take_line(bytes));
    if (line.empty()) break;
    const std::string_view name = header_name(line);
    if (line[0] == ' ' || line[0] == '\t') {
      if (last != nullptr) *last += " " + std::string(trimmed(line));
    } else if (!name.empty()) {
      const auto [at, is_new] = part.headers.emplace(to_lower_ascii(name), trimmed(line.substr(line.find(':') + 1)));
      last = is_new ? &at->second : nullptr;
    } else if (!line.starts_with("From ") || rest.size() != all) {
      bytes = rest;  // the empty line is missing: the text begins here
      break;
    }
  }
  part.body = bytes;
  return part;
}

std::vector<std::string_view> split_multipart(std::string_view body, const std::string& boundary, std::size_t max_parts) {
  std::vector<std::string_view> parts;
  if (boundary.empty()) return parts;
  const std::string mark = "--" + boundary;
  const char* begin = nullptr;
  while (!body.empty() && parts.size() < max_parts) {
    const std::string_view line = take_line(body);
    if (!line.starts_with(mark)) continue;
    const std::string_view rest = trimmed(line.substr(mark.size()));
    if (!rest.empty() && rest != "--") continue;
    if (begin != nullptr) parts.push_back(without_end({begin, static_cast<std::size_t>(line.data() - begin)}));
    begin = line.data() + line.size();
    if (rest == "--") return parts;
  }
  // A message that was cut ends without its last boundary.
  if (begin != nullptr && parts.size() < max_parts) parts.emplace_back(begin, static_cast<std::size_t>(body.data() + body.size() - begin));
  return parts;
}

std::string decode_body(const MimePart& part) {
  const std::string coding = to_lower_ascii(trimmed(part.header("content-transfer-encoding")));
  if (coding == "base64") return decode_base64_loosely(part.body);
  if (coding == "quoted-printable") return from_quoted_printable(part.body);
  return std::string(part.body);
}

std::string decode_words(std::string_view header) {
  std::string out;
  bool after_word = false;
  while (!header.empty()) {
    const std::size_t begin = header.find("=?");
    // "=?charset?q?=41?=": the end is looked for behind the second '?' of its own.
    const std::size_t second = begin == header.npos ? begin : header.find('?', begin + 2);
    const std::size_t third = second == header.npos ? second : header.find('?', second + 1);
    const std::size_t end = third == header.npos ? third : header.find("?=", third + 1);
    if (end == header.npos) break;
    const std::string_view before = header.substr(0, begin);
    std::string word;
    if (!decode_word(header.substr(begin + 2, end - begin - 2), word)) {
      out += header.substr(0, begin + 2);
      header.remove_prefix(begin + 2);
      after_word = false;
      continue;
    }
    // White space between two encoded words is not part of the text.
    if (!after_word || !trimmed(before).empty()) out += before;
    out += word;
    header.remove_prefix(end + 2);
    after_word = true;
  }
  const Decoded rest = decode_text(header);
  return out + rest.text;
}

std::string iso_date(const std::string& date) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::size_t comma = date.find(',');
  const char* text = date.c_str() + (comma == date.npos ? 0 : comma + 1);
  int day = 0, year = 0, hour = 0, minute = 0, second = 0, zone = 0;
  char month[4] = {}, sign = '+';
  const int n = std::sscanf(text, " %2d %3s %4d %2d:%2d:%2d %c%4d", &day, month, &year, &hour, &minute, &second, &sign, &zone);
  const auto* at = std::find(kMonths.begin(), kMonths.end(), std::string_view(month));
  if (n < 5 || at == kMonths.end() || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return date;
  if (year < 100) year += year < 50 ? 2000 : 1900;
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02d-%02dT%02d:%02d:%02d", year, static_cast<int>(at - kMonths.begin()) + 1, day, hour,
                minute, second);
  const bool has_zone = n == 8 && (sign == '+' || sign == '-') && zone >= 0;
  if (!has_zone || zone == 0) return std::string(out.data()) + "Z";
  std::array<char, 16> offset{};
  std::snprintf(offset.data(), offset.size(), "%c%02d:%02d", sign, zone / 100, zone % 100);
  return std::string(out.data()) + offset.data();
}

namespace {

/// "From someone@example.org Thu Mar  4 05:06:07 2021": a time and a year in it.
bool is_from_line(std::string_view line) {
  if (!line.starts_with("From ") || line.size() > 500) return false;
  const std::size_t colon = line.find(':');
  if (colon == line.npos || colon < 7) return false;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return is_digit(line[colon - 1]) && colon + 1 < line.size() && is_digit(line[colon + 1]);
}

}  // namespace

bool is_mbox(std::string_view bytes) { return is_from_line(without_end(take_line(bytes))); }

std::vector<std::string_view> split_mbox(std::string_view bytes, std::size_t max_messages) {
  std::vector<std::string_view> messages;
  const char* begin = nullptr;
  bool after_empty = true;
  while (!bytes.empty() && messages.size() < max_messages) {
    const std::string_view line = take_line(bytes);
    if (after_empty && is_from_line(without_end(line))) {
      if (begin != nullptr) messages.emplace_back(begin, static_cast<std::size_t>(line.data() - begin));
      begin = line.data() + line.size();
    }
    after_empty = without_end(line).empty();
  }
  if (begin != nullptr && messages.size() < max_messages)
    messages.emplace_back(begin, static_cast<std::size_t>(bytes.data() + bytes.size() - begin));
  return messages;
}

}  // namespace akin::documents
