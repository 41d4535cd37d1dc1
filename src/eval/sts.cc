#include "akin/eval/sts.h"

#include <charconv>
#include <cmath>

#include "akin/base/error.h"
#include "akin/eval/scores.h"
#include "text_file.h"

namespace akin {
namespace {

[[noreturn]] void throw_line(const std::filesystem::path& path, std::size_t line, const std::string& what) {
  throw Error(ErrorCode::corrupt, path.string() + ":" + std::to_string(line) + ": " + what);
}

double parse_score(std::string_view text, const std::filesystem::path& path, std::size_t line) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  double score = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), score);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(score))
    throw_line(path, line, "the score is '" + std::string(text.substr(0, 40)) + "', a number was wanted");
  return score;
}

// Reads one record of a CSV file (RFC 4180); quoted fields may hold commas, doubled quotes and ends of lines.
class CsvReader {
 public:
  CsvReader(std::string_view text, const std::filesystem::path& path) : text_(text), path_(path) {}

  /// False at the end. `line` is where the record begins, from 1.
  bool next(std::vector<std::string>& fields, std::size_t& line) {
    while (at_ < text_.size() && end_of_line()) {
    }
    if (at_ >= text_.size()) return false;
    line = line_;
    fields.assign(1, {});
    while (at_ < text_.size()) {
      if (text_[at_] == ',') {
        fields.emplace_back();
        ++at_;
      } else if (text_[at_] == '"' && fields.back().empty()) {
        quoted(fields.back(), line);
      } else if (end_of_line()) {
        break;
      } else {
        fields.back() += text_[at_++];
      }
    }
    return true;
  }

 private:
  bool end_of_line() {
    if (text_.substr(at_).starts_with("\r\n")) ++at_;
    if (text_[at_] != '\n') return false;
    ++at_;
    ++line_;
    return true;
  }

  void quoted(std::string& field, std::size_t line) {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\n') ++line_;
      if (text_[at_] != '"') {
        field += text_[at_];
      } else if (text_.substr(at_ + 1).starts_with('"')) {
        field += text_[++at_];
      } else {
        ++at_;
        return;
      }
    }
    throw_line(path_, line, "a quotation mark is not closed");
  }

  std::string_view text_;
  const std::filesystem::path& path_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

std::vector<StsPair> read_csv(std::string_view text, const std::filesystem::path& path) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::vector<StsPair> pairs;
  CsvReader reader(text, path);
  std::vector<std::string> fields;
  std::size_t line = 0;
  while (reader.next(fields, line)) {
    if (fields.size() < 3) throw_line(path, line, std::to_string(fields.size()) + " columns, wanted sentence, sentence, score");
    const double score = parse_score(fields[2], path, line);
    pairs.push_back({std::move(fields[0]), std::move(fields[1]), score});
  }
  return pairs;
}

std::vector<StsPair> read_tsv(std::string_view text, const std::filesystem::path& path) {
  std::vector<StsPair> pairs;
  std::size_t number = 0;
  for (const std::string_view line : lines_of(text)) {
    ++number;
    if (line.empty()) continue;
    const std::size_t first = line.find('\t');
    const std::size_t second = first == std::string_view::npos ? first : line.find('\t', first + 1);
    if (second == std::string_view::npos) throw_line(path, number, "fewer than three columns, wanted score, sentence, sentence");
    const std::size_t end = line.find('\t', second + 1);
    pairs.push_back({std::string(line.substr(first + 1, second - first - 1)),
                     std::string(line.substr(second + 1, end == std::string_view::npos ? end : end - second - 1)),
                     parse_score(line.substr(0, first), path, number)});
  }
  return pairs;
}

double cosine(std::span<const float> a, std::span<const float> b) {
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = a[i], y = b[i];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  const double norms = std::sqrt(aa) * std::sqrt(bb);
  return norms > 0 ? ab / norms : 0;
}

}  // namespace

std::vector<StsPair> read_sts(const std::filesystem::path& path) {
  const std::filesystem::path name = path.extension() == ".gz" ? path.stem() : path;
  if (name.extension() == ".csv") return read_csv(read_text_file(path), path);
  if (name.extension() == ".tsv") return read_tsv(read_text_file(path), path);
  throw Error(
      ErrorCode::unsupported,
      path.string() + ": similarity pairs are read from .csv (sentence, sentence, score) or .tsv (score, sentence, sentence) files");
}

StsScores evaluate_sts(const Embedder& embedder, const std::filesystem::path& path, Context& context) {
  std::vector<StsPair> pairs = read_sts(path);
  if (pairs.size() < 2) throw Error(ErrorCode::corrupt, path.string() + ": a correlation needs at least two pairs");
  std::vector<std::string> texts;
  texts.reserve(2 * pairs.size());
  std::vector<double> gold;
  for (StsPair& pair : pairs) {
    texts.push_back(std::move(pair.first));
    texts.push_back(std::move(pair.second));
    gold.push_back(pair.score);
  }
  const EmbedResult embedded = embedder.embed(texts, TextRole::plain, context);
  StsScores scores;
  scores.n_pairs = pairs.size();
  std::vector<double> cosines;
  for (std::size_t i = 0; i < pairs.size(); ++i) cosines.push_back(cosine(embedded.vectors.row(2 * i), embedded.vectors.row(2 * i + 1)));
  for (const TextReport& report : embedded.reports) scores.n_tokens_dropped += report.n_tokens_dropped;
  scores.spearman = spearman(cosines, gold);
  scores.pearson = pearson(cosines, gold);
  return scores;
}

}  // namespace akin
