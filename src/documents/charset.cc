#include "charset.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "akin/base/utf8.h"
#include "reading.h"

namespace akin::documents {
namespace {

// Windows-1252 in 0x80–0x9F (the WHATWG Encoding Standard's index); 0 where it has no character.
constexpr std::array<char16_t, 32> kWindows1252 = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
                                                   0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
                                                   0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

/// Letters, quotes and signs that Western texts use; the rest of the upper half hardly occurs in them.
bool usual_in_western_text(unsigned char c) {
  if (c >= 0xC0) return c != 0xD7 && c != 0xF7 && c < 0xFE && c != 0xD0 && c != 0xF0;
  return c == 0x80 || c == 0x85 || (c >= 0x91 && c <= 0x97) || c == 0xA0 || c == 0xA3 || c == 0xA7 || c == 0xA9 || c == 0xAB || c == 0xAE ||
         c == 0xB0 || c == 0xB7 || c == 0xBB || c == 0xBF || c == 0xA1 || c == 0x99;
}

bool clearly_windows_1252(std::string_view bytes) {
  std::size_t n_high = 0;
  std::size_t n_usual = 0;
  std::size_t n_utf8 = 0;
  for (std::size_t i = 0; i < bytes.size();) {
    const auto c = static_cast<unsigned char>(bytes[i]);
    if (c < 0x80) {
      ++i;
      continue;
    }
    const DecodedChar decoded = decode_utf8(bytes, i);
    if (decoded.valid) ++n_utf8;
    for (std::uint32_t k = 0; k < decoded.length; ++k) {
      ++n_high;
      n_usual += usual_in_western_text(static_cast<unsigned char>(bytes[i + k])) ? 1U : 0U;
    }
    i += decoded.length;
  }
  return n_utf8 == 0 && n_usual * 10 >= n_high * 9 && n_high * 3 < bytes.size();
}

Decoded from_windows_1252(std::string_view bytes) {
  Decoded out{{}, "windows-1252", 0};
  out.text.reserve(bytes.size() + bytes.size() / 8);
  for (const char raw : bytes) {
    const auto c = static_cast<unsigned char>(raw);
    char32_t code_point = c;
    if (c >= 0x80 && c < 0xA0) code_point = kWindows1252[c - 0x80U];
    if (code_point == 0 && c != 0) {
      code_point = kReplacement;
      ++out.n_invalid;
    }
    append_utf8(out.text, code_point);
  }
  return out;
}

Decoded from_utf16(std::string_view bytes, bool big_endian) {
  Decoded out{{}, "utf-16", 0};
  out.text.reserve(bytes.size());
  const auto unit = [&](std::size_t i) {
    const auto a = static_cast<unsigned char>(bytes[i]);
    const auto b = static_cast<unsigned char>(bytes[i + 1]);
    return static_cast<char32_t>(big_endian ? a << 8 | b : b << 8 | a);
  };
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    char32_t code_point = unit(i);
    if (code_point >= 0xD800 && code_point < 0xE000) {
      const char32_t low = code_point < 0xDC00 && i + 3 < bytes.size() ? unit(i + 2) : 0;
      if (low >= 0xDC00 && low < 0xE000) {
        code_point = 0x10000 + ((code_point - 0xD800) << 10) + (low - 0xDC00);
        i += 2;
      } else {
        code_point = kReplacement;
        ++out.n_invalid;
      }
    }
    append_utf8(out.text, code_point);
  }
  if (bytes.size() % 2 != 0) {
    append_utf8(out.text, kReplacement);
    ++out.n_invalid;
  }
  return out;
}

Decoded from_utf8(std::string_view bytes) {
  Decoded out{{}, "utf-8", 0};
  out.text = replace_invalid_utf8(bytes, out.n_invalid);
  return out;
}

/// Any other encoding that the C library knows. False if it does not know `name`.
bool from_named(std::string_view bytes, const std::string& name, Decoded& out) {
  if (!std::all_of(name.begin(), name.end(),
                   [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == ':' || c == '.'; }))
    return false;
  const iconv_t converter = iconv_open("UTF-8", name.c_str());
  if (converter == reinterpret_cast<iconv_t>(-1)) return false;
  out.encoding = name;
  // iconv's interface lacks const; it does not write to its input.
  char* in = const_cast<char*>(bytes.data());
  std::size_t left = bytes.size();
  std::array<char, 1 << 14> buffer;
  while (left > 0) {
    char* to = buffer.data();
    std::size_t room = buffer.size();
    const std::size_t status = iconv(converter, &in, &left, &to, &room);
    const int reason = errno;
    out.text.append(buffer.data(), buffer.size() - room);
    if (status == static_cast<std::size_t>(-1) && reason != E2BIG) {
      append_utf8(out.text, kReplacement);
      ++out.n_invalid;
      ++in;
      --left;
    }
  }
  iconv_close(converter);
  return true;
}

Decoded decode_bytes(std::string_view bytes, std::string_view declared) {
  if (bytes.starts_with("\xEF\xBB\xBF")) return from_utf8(bytes.substr(3));
  if (bytes.starts_with("\xFF\xFE")) return from_utf16(bytes.substr(2), false);
  if (bytes.starts_with("\xFE\xFF")) return from_utf16(bytes.substr(2), true);
  const std::string name = to_lower_ascii(trimmed(declared));
  // The web's rule: these names mean Windows-1252 (WHATWG Encoding Standard, section 4.2).
  if (name == "windows-1252" || name == "iso-8859-1" || name == "latin1" || name == "iso8859-1" || name == "cp1252")
    return from_windows_1252(bytes);
  // A page that can declare itself in ASCII letters is not UTF-16.
  const bool plain =
      name.empty() || name == "utf-8" || name == "utf8" || name == "ascii" || name == "us-ascii" || name.starts_with("utf-16");
  const bool seven_bit = name.starts_with("iso-2022");  // looks like ASCII, is not
  if (seven_bit || (!plain && !is_valid_utf8(bytes))) {
    Decoded out;
    if (from_named(bytes, name, out)) return out;
  }
  if (!is_valid_utf8(bytes) && clearly_windows_1252(bytes)) return from_windows_1252(bytes);
  return from_utf8(bytes);
}

/// CR and CR LF become LF; other controls than tab and form feed become spaces. In place.
void unify(std::string& text) {
  std::size_t to = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\r') {
      if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
      c = '\n';
    } else if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' && c != '\f') {
      c = ' ';
    }
    text[to++] = c;
  }
  text.resize(to);
}

}  // namespace

Decoded decode_text(std::string_view bytes, std::string_view declared) {
  Decoded out = decode_bytes(bytes, declared);
  unify(out.text);
  return out;
}

Decoded decode_verbatim(std::string_view bytes) { return decode_bytes(bytes, {}); }

Decoded decode_as(std::string_view bytes, const std::string& encoding) {
  Decoded out;
  if (encoding == "windows-1252" || !from_named(bytes, encoding, out)) return from_windows_1252(bytes);
  return out;
}

std::string declared_charset(std::string_view html) {
  const std::string front = to_lower_ascii(html.substr(0, 4096));
  std::size_t at = 0;
  while ((at = front.find("<meta", at)) != front.npos) {
    const std::size_t end = std::min(front.find('>', at), front.size());
    const std::string_view tag = std::string_view(front).substr(at, end - at);
    at = end;
    std::size_t value = tag.find("charset");
    if (value == tag.npos) continue;
    value += 7;
    while (value < tag.size() && (is_space(tag[value]) || tag[value] == '=' || tag[value] == '"' || tag[value] == '\'')) ++value;
    std::size_t stop = value;
    while (stop < tag.size() && !is_space(tag[stop]) && tag[stop] != '"' && tag[stop] != '\'' && tag[stop] != ';' && tag[stop] != '/')
      ++stop;
    if (stop > value) return std::string(tag.substr(value, stop - value));
  }
  return {};
}

}  // namespace akin::documents
