// Plain text. A paragraph is a run of lines that are not blank; its lines are joined, as books wrapped at 72 columns need it.
// Headings are taken only where a line says so itself ("CHAPTER I."), since a wrong section parts what belongs together.
// Tested by text_reader_test.cc.
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "charset.h"
#include "readers.h"

namespace akin::documents {
namespace {

struct Division {
  std::string_view word;
  int level;
};

// What books call their parts; the level says what lies in what.
constexpr std::array kDivisions = {Division{"VOLUME", 1},  Division{"BOOK", 1},   Division{"PART", 1},  Division{"ACT", 1},
                                   Division{"CHAPTER", 2}, Division{"LETTER", 2}, Division{"CANTO", 2}, Division{"SCENE", 2}};

bool is_numeral(std::string_view word) {
  while (!word.empty() && (word.back() == '.' || word.back() == ':' || word.back() == ']')) word.remove_suffix(1);
  if (word.empty()) return false;
  const auto only = [&](std::string_view allowed) { return word.find_first_not_of(allowed) == word.npos; };
  if (only("0123456789") || only("IVXLCDM")) return true;
  constexpr std::array kWords = {"ONE",    "TWO",   "THREE",  "FOUR",  "FIVE",   "SIX",   "SEVEN", "EIGHT",   "NINE",   "TEN",   "ELEVEN",
                                 "TWELVE", "FIRST", "SECOND", "THIRD", "FOURTH", "FIFTH", "SIXTH", "SEVENTH", "EIGHTH", "NINTH", "TENTH"};
  std::string upper(word);
  for (char& c : upper)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return std::find(kWords.begin(), kWords.end(), upper) != kWords.end();
}

/// The level of a heading such as "CHAPTER IV. Pig and Pepper"; none for running text ("Chapter 4 tells us how …").
std::optional<int> heading_level(std::string_view text) {
  constexpr std::size_t kLongest = 120;
  if (text.size() > kLongest) return std::nullopt;
  const std::size_t space = text.find(' ');
  if (space == text.npos) return std::nullopt;
  std::string first(text.substr(0, space));
  const bool capital = first[0] >= 'A' && first[0] <= 'Z';
  for (char& c : first)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  const auto division = std::find_if(kDivisions.begin(), kDivisions.end(), [&](const Division& d) { return d.word == first; });
  if (division == kDivisions.end() || !capital) return std::nullopt;
  const std::string_view rest = text.substr(space + 1);
  const std::size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view numeral = rest.substr(0, end);
  if (!is_numeral(numeral)) return std::nullopt;
  const std::string_view name = trimmed(rest.substr(end));
  const bool parted = numeral.back() == '.' || numeral.back() == ':' || name.empty() || name.starts_with("—") || name.starts_with("-");
  const bool capital_name = !name.empty() && name[0] >= 'A' && name[0] <= 'Z' && !name.ends_with('.');
  return parted || capital_name ? std::optional<int>(division->level) : std::nullopt;
}

class TextReader {
 public:
  explicit TextReader(Reading& reading) : reading_(reading), builder_(reading, "text") {}

  Document read(std::string_view bytes) {
    const Decoded decoded = decode_text(bytes);
    builder_.count_invalid(decoded.n_invalid);
    if (decoded.encoding != "utf-8") builder_.meta("encoding", decoded.encoding);
    std::string_view text = decoded.text;
    for (std::uint32_t line = 1; !text.empty(); ++line) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      read_line(text.substr(0, end), line);
      text.remove_prefix(std::min(end + 1, text.size()));
      if (line % 65536 == 0) reading_.check_time();
    }
    flush();
    return builder_.finish();
  }

 private:
  void read_line(std::string_view row, std::uint32_t line) {
    if (trimmed(row).empty()) return flush();
    if (line <= 60) read_header(row);
    flow_.append(row, line);
    flow_.append(" ", line);
    ++n_lines_;
  }

  void flush() {
    Flow flow = flow_.take();
    const auto level = n_lines_ <= 2 ? heading_level(flow.text) : std::nullopt;
    if (level) {
      builder_.heading(*level, std::move(flow));
    } else {
      builder_.add(BlockKind::paragraph, std::move(flow));
    }
    n_lines_ = 0;
  }

  /// "Title: …" and the like of a Project Gutenberg header, which names itself in its first line.
  void read_header(std::string_view row) {
    if (row.find("Project Gutenberg") != row.npos) gutenberg_ = true;
    if (row.starts_with("*** START OF")) gutenberg_ = false;
    if (!gutenberg_) return;
    constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kFields = {
        {{"Title:", "title"}, {"Author:", "author"}, {"Language:", "language"}}};
    for (const auto& [label, key] : kFields) {
      if (!row.starts_with(label)) continue;
      std::string value(trimmed(row.substr(label.size())));
      if (key == "title") {
        builder_.set_title(std::move(value));
      } else {
        builder_.meta(std::string(key), std::move(value));
      }
    }
  }

  Reading& reading_;
  DocumentBuilder builder_;
  FlowText flow_;
  std::size_t n_lines_ = 0;
  bool gutenberg_ = false;
};

}  // namespace

std::vector<Document> read_text(std::string_view bytes, Reading& reading) {
  std::vector<Document> documents;
  documents.push_back(TextReader(reading).read(bytes));
  return documents;
}

}  // namespace akin::documents
