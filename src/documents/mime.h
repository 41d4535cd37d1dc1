// Mail messages as parts (RFC 5322, 2045–2047, 2231): headers unfolded and decoded, bodies split and decoded. Nothing here fails: mail is
// taken as it comes, and what cannot be decoded stays as it is. Tested by mime_test.cc.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace akin::documents {

/// A header field such as Content-Type: "text/plain; charset=utf-8".
struct MimeField {
  std::string value;                         ///< in front of the first ';', lower case
  std::map<std::string, std::string> words;  ///< parameters by lower-case name, decoded
};

/// A message or a part of one. The views are into the bytes it was parsed from.
struct MimePart {
  std::map<std::string, std::string> headers;  ///< by lower-case name, unfolded, not decoded; of one given twice the first
  std::string_view body;

  [[nodiscard]] std::string header(const std::string& name) const;  ///< empty if there is none
  [[nodiscard]] MimeField field(const std::string& name) const;
};

/// Headers up to the first empty line, then the body. Of headers at most 1 MB is looked at.
MimePart parse_mime(std::string_view bytes);
/// The parts of a multipart body, as they stand between its boundaries; at most `max_parts`.
std::vector<std::string_view> split_multipart(std::string_view body, const std::string& boundary, std::size_t max_parts);
/// The body without its Content-Transfer-Encoding (base64, quoted-printable; others are the bytes themselves).
std::string decode_body(const MimePart& part);
/// "=?utf-8?q?caf=C3=A9?=" → "café", in UTF-8.
std::string decode_words(std::string_view header);
/// "Thu, 4 Mar 2021 05:06:07 +0100" → "2021-03-04T05:06:07+01:00"; what is no such date stays.
std::string iso_date(const std::string& date);

/// The messages of an mbox file: each begins with a line "From …" with a date in it, after an empty line; that line is left out.
std::vector<std::string_view> split_mbox(std::string_view bytes, std::size_t max_messages);
/// Whether bytes begin as an mbox file does.
bool is_mbox(std::string_view bytes);

}  // namespace akin::documents
