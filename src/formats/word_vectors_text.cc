// Text files of word vectors: "word x x … x" a line, with (word2vec, fastText's .vec) or without (GloVe) a first line "n dim". Lines are
// found in one pass and parsed on all threads.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "akin/base/error.h"
#include "cursor.h"
#include "word_table.h"

namespace akin {
namespace {

constexpr std::size_t kLinesAtATime = 256;

struct Line {
  std::string_view text;  // without its end and the white space before that
  std::size_t number = 0;
};

bool is_gap(char c) { return c == ' ' || c == '\t'; }

std::size_t end_without_gaps(std::string_view text, std::size_t end) {
  while (end > 0 && is_gap(text[end - 1])) --end;
  return end;
}

std::size_t begin_of_field(std::string_view text, std::size_t end) {
  while (end > 0 && !is_gap(text[end - 1])) --end;
  return end;
}

std::size_t count_fields(std::string_view text) {
  std::size_t n = 0;
  for (std::size_t end = end_without_gaps(text, text.size()); end > 0; ++n) end = end_without_gaps(text, begin_of_field(text, end));
  return n;
}

/// A finite float; numbers too small for one are 0, as strtof reads them.
bool parse_number(std::string_view text, float& out) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const char* end = text.data() + text.size();
  auto result = std::from_chars(text.data(), end, out);
  if (result.ec == std::errc::result_out_of_range) {
    double wide = 0;
    result = std::from_chars(text.data(), end, wide);
    const bool tiny = result.ec == std::errc::result_out_of_range && text.find_first_of("eE") != std::string_view::npos &&
                      text[std::min(text.find_first_of("eE") + 1, text.size() - 1)] == '-';
    if (tiny) wide = 0;
    if (result.ec == std::errc::result_out_of_range && !tiny) return false;
    out = static_cast<float>(wide);
    result.ec = {};
  }
  return result.ec == std::errc() && result.ptr == end && std::isfinite(out);
}

class WordVectorText final : public WordTable<WordVectors> {
 public:
  WordVectorText(std::span<const std::byte> bytes, const std::filesystem::path& name, Context& context) : WordTable(name, bytes) {
    const auto header = read_word_vector_header(bytes);
    with_header_ = header.has_value();
    const std::vector<Line> lines = find_lines(header ? header->n_bytes : 0);
    if (header) {
      dim_ = header->dim;
      if (dim_ == 0) fail(1, "the file says that vectors have 0 dimensions");
      if (header->n_words != lines.size())
        throw Error(ErrorCode::corrupt, path_.string() + ": the first line says " + std::to_string(header->n_words) +
                                            " words, the file has " + std::to_string(lines.size()) +
                                            (header->n_words > lines.size() ? "; it may be cut off" : ""));
    } else {
      if (lines.empty()) throw Error(ErrorCode::corrupt, path_.string() + ": a file of word vectors is wanted, this one is empty");
      dim_ = count_fields(lines.front().text) - 1;
      if (dim_ == 0) fail(lines.front().number, "a word and its numbers are wanted, found '" + printable(lines.front().text) + "'");
    }
    parse(lines, context);
  }

  [[nodiscard]] std::string_view format() const noexcept override { return with_header_ ? "word2vec text" : "GloVe text"; }
  void read(std::size_t i, std::span<float> out) const noexcept override { std::ranges::copy(rows_.row(i), out.begin()); }
  [[nodiscard]] const std::byte* stored(std::size_t i) const noexcept override { return std::as_bytes(rows_.row(i)).data(); }
  bool compose(std::string_view, std::span<float> out) const noexcept override {
    std::fill(out.begin(), out.end(), 0.0F);
    return false;
  }
  [[nodiscard]] std::span<const std::int64_t> counts() const noexcept override { return {}; }

 private:
  [[noreturn]] void fail(std::size_t line, const std::string& what) const {
    throw Error(ErrorCode::corrupt, path_.string() + ": line " + std::to_string(line) + ": " + what);
  }

  /// Lines that are not blank.
  [[nodiscard]] std::vector<Line> find_lines(std::size_t from) const {
    const std::string_view text = as_text(bytes_);
    std::vector<Line> lines;
    std::size_t number = from == 0 ? 1 : 2;
    for (std::size_t at = from; at < text.size(); ++number) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      std::string_view line = text.substr(at, end - at);
      if (line.ends_with('\r')) line.remove_suffix(1);
      line = line.substr(0, end_without_gaps(line, line.size()));
      if (!line.empty()) lines.push_back({line, number});
      at = end + 1;
    }
    return lines;
  }

  void parse(const std::vector<Line>& lines, Context& context) {
    // A number takes two bytes at least: a file that promises more rows than fit is refused before room is made for them.
    if (!lines.empty() && lines.size() > bytes_.size() / 2 / dim_)
      for (const Line& line : lines) count_numbers(line);
    std::vector<std::string_view> words(lines.size());
    rows_ = Matrix<float>::uninitialized(lines.size(), dim_);
    context.parallel_for(lines.size(), kLinesAtATime, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) words[i] = parse_line(lines[i], rows_.row(i));
    });
    drop_duplicates(std::move(words));
  }

  void count_numbers(const Line& line) const {
    const std::size_t n = count_fields(line.text);
    if (n <= dim_)
      fail(line.number,
           "a word and " + std::to_string(dim_) + " numbers are wanted, found " + std::to_string(n) + (n == 1 ? " field" : " fields"));
  }

  /// The numbers are the last fields of the line; what stands before them is the word, spaces inside it included.
  std::string_view parse_line(const Line& line, std::span<float> row) const {
    std::size_t end = line.text.size();
    for (std::size_t c = dim_; c-- > 0;) {
      const std::size_t begin = begin_of_field(line.text, end);
      if (begin == 0) count_numbers(line);
      const std::string_view field = line.text.substr(begin, end - begin);
      if (!parse_number(field, row[c])) fail(line.number, "'" + printable(field) + "' is not a finite number");
      end = end_without_gaps(line.text, begin);
    }
    const std::string_view word = line.text.substr(0, end);
    if (word.empty()) fail(line.number, "no word stands before the " + std::to_string(dim_) + " numbers");
    const std::size_t last = begin_of_field(word, word.size());
    float number = 0;
    if (last > 0 && parse_number(word.substr(last), number))
      fail(line.number, std::to_string(dim_) + " numbers are wanted, found " + std::to_string(count_fields(line.text) - 1) + " or more");
    return word;
  }

  /// As gensim does: all but the first.
  void drop_duplicates(std::vector<std::string_view> words) {
    index_ = WordIndex(words);
    n_duplicates_ = index_.duplicates().size();
    if (n_duplicates_ == 0) return;
    Matrix<float> rows = Matrix<float>::uninitialized(words.size() - n_duplicates_, dim_);
    std::size_t kept = 0, next = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (next < n_duplicates_ && index_.duplicates()[next] == i) {
        ++next;
        continue;
      }
      words[kept] = words[i];
      std::ranges::copy(rows_.row(i), rows.row(kept++).begin());
    }
    words.resize(kept);
    rows_ = std::move(rows);
    index_ = WordIndex(std::move(words));
  }

  bool with_header_ = false;
  Matrix<float> rows_;
};

}  // namespace

std::optional<WordVectorHeader> read_word_vector_header(std::span<const std::byte> bytes) {
  constexpr std::size_t kLongest = 64;
  const std::string_view text = as_text(bytes.first(std::min(bytes.size(), kLongest)));
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  WordVectorHeader header;
  header.n_bytes = end + 1;
  const char* at = text.data();
  const char* last = text.data() + end;
  const auto skip_gaps = [&] {
    while (at != last && (is_gap(*at) || *at == '\r')) ++at;
  };
  for (std::size_t* number : {&header.n_words, &header.dim}) {
    const auto [stop, error] = std::from_chars(at, last, *number);
    if (error != std::errc() || (stop != last && !is_gap(*stop) && *stop != '\r')) return std::nullopt;
    at = stop;
    skip_gaps();
  }
  if (at != last) return std::nullopt;
  return header;
}

std::unique_ptr<WordVectors> view_word_vector_text(std::span<const std::byte> bytes, const std::filesystem::path& name, Context& context) {
  return std::make_unique<WordVectorText>(bytes, name, context);
}

}  // namespace akin
