// Source code, cut where a blank line stands in front of an unindented one: there a function or a declaration begins in most languages.
// A stretch that has become long is cut at any blank line. Tested by code_reader_test.cc.
#include <algorithm>
#include <cstdint>

#include "charset.h"
#include "readers.h"
#include "sniff.h"

namespace akin::documents {
namespace {

constexpr std::uint32_t kLongStretch = 120;  // lines: a few screens, more than most functions have

}  // namespace

std::vector<Document> read_code(std::string_view bytes, Reading& reading) {
  const Decoded decoded = decode_text(bytes);
  DocumentBuilder builder(reading, "code");
  builder.count_invalid(decoded.n_invalid);
  builder.meta("language", std::string(language_of(reading.name(), reading.ending())));

  const std::string_view text = decoded.text;
  std::size_t begin = 0;  // of the stretch
  std::uint32_t begin_line = 1;
  bool after_blank = false;
  std::uint32_t line = 1;
  for (std::size_t at = 0; at < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view row = text.substr(at, end - at);
    const bool blank = trimmed(row).empty();
    const bool unindented = !blank && !is_space(row.front()) && row.front() != '}' && row.front() != ')';
    if (!blank && after_blank && (unindented || line - begin_line > kLongStretch)) {
      builder.add_code(text.substr(begin, at - begin), begin_line);
      begin = at;
      begin_line = line;
    }
    after_blank = blank;
    at = end + 1;
    if (line % 65536 == 0) reading.check_time();
  }
  builder.add_code(text.substr(begin), begin_line);
  std::vector<Document> documents;
  documents.push_back(builder.finish());
  return documents;
}

}  // namespace akin::documents
