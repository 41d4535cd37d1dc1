// PDF → blocks page by page. A PDF knows letters and places only: lines are joined to paragraphs by the gaps between them, and a short
// paragraph in larger type than most of the text is a heading, whose level is the rank of its size. Tested by pdf_reader_test.cc.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>

#include "akin/base/utf8.h"
#include "pdf_text.h"
#include "readers.h"

namespace akin::documents {
namespace {

constexpr float kHeadingRatio = 1.15F;  // 12 pt headings over 10 pt text are the smallest that type-setters use
constexpr std::size_t kLongestHeading = 160;

struct Paragraph {
  std::string text;
  float font_size = 0;
};

bool is_lower_or_mark(unsigned char c) { return (c >= 'a' && c <= 'z') || c >= 0x80; }

/// Joins a line to a paragraph; a word parted by a hyphen at the line's end becomes whole again.
void join(std::string& text, std::string_view line) {
  line = trimmed(line);
  if (line.empty()) return;
  if (text.empty()) {
    text = line;
    return;
  }
  const bool hyphen = text.size() > 1 && text.back() == '-' && is_lower_or_mark(static_cast<unsigned char>(text[text.size() - 2]));
  if (text.ends_with("\xC2\xAD")) {
    text.resize(text.size() - 2);
  } else if (hyphen && line[0] >= 'a' && line[0] <= 'z') {
    text.pop_back();
  } else {
    text += ' ';
  }
  text += line;
}

std::vector<Paragraph> paragraphs_of(const std::vector<PdfLine>& lines) {
  std::vector<Paragraph> paragraphs;
  for (const PdfLine& line : lines) {
    if (paragraphs.empty() || line.new_paragraph) paragraphs.push_back({{}, line.font_size});
    join(paragraphs.back().text, line.text);
  }
  return paragraphs;
}

/// Half points, so that 11.04 and 11.1 are one size.
int rounded(float size) { return std::isfinite(size) ? static_cast<int>(std::lround(std::clamp(size, 0.0F, 1000.0F) * 2)) : 0; }

/// Which sizes are headings, and of which level.
std::map<int, int> heading_levels(const PdfText& pdf) {
  std::map<int, std::size_t> characters;
  for (const auto& page : pdf.pages)
    for (const PdfLine& line : page) characters[rounded(line.font_size)] += line.text.size();
  if (characters.empty()) return {};
  const auto body =
      std::max_element(characters.begin(), characters.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  std::map<int, int> levels;
  int level = 0;
  for (auto row = characters.rbegin(); row != characters.rend(); ++row)
    if (body->first > 0 && static_cast<float>(row->first) >= kHeadingRatio * static_cast<float>(body->first))
      levels[row->first] = std::min(++level, 6);
  return levels;
}

bool has_letter(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80; });
}

/// A number alone at the top or the foot of a page.
bool is_page_number(const std::vector<Paragraph>& paragraphs, std::size_t i) {
  const std::string& text = paragraphs[i].text;
  return (i == 0 || i + 1 == paragraphs.size()) && text.size() <= 5 && text.find_first_not_of("0123456789") == text.npos;
}

void read_info(const PdfText& pdf, DocumentBuilder& builder) {
  for (const auto& [key, raw] : pdf.info) {
    std::size_t n_invalid = 0;
    std::string value(trimmed(replace_invalid_utf8(raw, n_invalid)));
    std::erase(value, '\0');
    if (key != "title") {
      builder.meta(key, std::move(value));
    } else if (const std::string lower = to_lower_ascii(value); lower != "untitled" && !lower.starts_with("microsoft word -")) {
      builder.set_title(std::move(value));
    }
  }
}

}  // namespace

std::vector<Document> read_pdf(std::string_view bytes, Reading& reading) {
  const PdfText pdf = extract_pdf(bytes, reading);
  DocumentBuilder builder(reading, "pdf");
  read_info(pdf, builder);
  builder.meta("pages", std::to_string(pdf.pages.size()));
  const std::map<int, int> levels = heading_levels(pdf);
  for (std::size_t i = 0; i < pdf.pages.size(); ++i) {
    const auto page = static_cast<std::uint32_t>(i + 1);
    const std::vector<Paragraph> paragraphs = paragraphs_of(pdf.pages[i]);
    for (std::size_t k = 0; k < paragraphs.size(); ++k) {
      if (paragraphs.size() > 1 && is_page_number(paragraphs, k)) continue;
      const Paragraph& paragraph = paragraphs[k];
      std::size_t n_invalid = 0;
      std::string text = replace_invalid_utf8(paragraph.text, n_invalid);
      builder.count_invalid(n_invalid);
      const auto level = levels.find(rounded(paragraph.font_size));
      const bool is_heading = level != levels.end() && text.size() <= kLongestHeading && has_letter(text);
      FlowText flow;
      flow.append(text, 0);
      if (is_heading) {
        builder.heading(level->second, flow.take(), page);
      } else {
        builder.add(BlockKind::paragraph, flow.take(), page);
      }
    }
    reading.check_time();
  }
  std::vector<Document> documents;
  documents.push_back(builder.finish());
  return documents;
}

}  // namespace akin::documents
