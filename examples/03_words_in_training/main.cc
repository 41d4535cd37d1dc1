// Embeddings begin random and become meaningful: a small causal model reads a book, and the rows of the same words are drawn before, during
// and after training, on the plane that shows most of the last rows (PCA).
//
//   words_in_training BOOK.txt words.svg [STEPS]
#include <akin/akin.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace {

/// Words in groups: those of one group share a colour.
const std::vector<std::vector<std::string>> kGroups = {{"he", "she", "they", "it"},
                                                       {"said", "thought", "cried", "replied"},
                                                       {"king", "queen", "hatter", "gryphon"},
                                                       {"could", "would", "should", "might"},
                                                       {"little", "great", "large", "long"}};

/// A tokenizer.json of the book's own words, the most frequent first; the others are [UNK].
std::string tokenizer_of(const std::string& book, std::size_t n_words) {
  std::map<std::string, std::size_t> counts;
  std::string word;
  for (const char c : book + " ") {
    if (std::isalpha(static_cast<unsigned char>(c)) != 0) {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!word.empty()) {
      ++counts[std::exchange(word, "")];
    }
  }
  std::vector<std::pair<std::size_t, std::string>> sorted;
  for (const auto& [text, count] : counts) sorted.emplace_back(count, text);
  std::sort(sorted.rbegin(), sorted.rend());
  sorted.resize(std::min(sorted.size(), n_words));
  std::string vocabulary = "\"[UNK]\":0";
  for (std::size_t i = 0; i < sorted.size(); ++i) vocabulary += ",\"" + sorted[i].second + "\":" + std::to_string(i + 1);
  return R"({"version":"1.0","added_tokens":[],"normalizer":{"type":"Lowercase"},"pre_tokenizer":{"type":"Whitespace"},)"
         R"("post_processor":null,"decoder":null,"model":{"type":"WordLevel","unk_token":"[UNK]","vocab":{)" +
         vocabulary + "}}}";
}

struct WordRow {
  std::string word;
  std::size_t group = 0;
  std::vector<double> row;
};

/// The rows of the words of kGroups that the vocabulary has, less their mean.
std::vector<WordRow> rows_of(const akin::LmModel& model, const akin::Tokenizer& tokenizer) {
  const akin::Parameter& table = model.parameters().list().front();  // the token embeddings
  const auto values = model.parameters().values_of(table);
  const std::size_t dim = table.shape[1];
  std::vector<WordRow> rows;
  for (std::size_t group = 0; group < kGroups.size(); ++group) {
    for (const std::string& word : kGroups[group]) {
      const std::int32_t id = tokenizer.id_of(word);
      if (id < 0) continue;
      const auto row = values.subspan(static_cast<std::size_t>(id) * dim, dim);
      rows.push_back({word, group, {row.begin(), row.end()}});
    }
  }
  for (std::size_t c = 0; c < dim; ++c) {
    double mean = 0;
    for (const WordRow& row : rows) mean += row.row[c] / static_cast<double>(rows.size());
    for (WordRow& row : rows) row.row[c] -= mean;
  }
  return rows;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

akin::ScatterChart chart_of(const std::string& title, const std::vector<WordRow>& rows) {
  akin::Matrix<float> matrix(rows.size(), rows.front().row.size());
  for (std::size_t r = 0; r < rows.size(); ++r)
    for (std::size_t c = 0; c < matrix.cols(); ++c) matrix(r, c) = static_cast<float>(rows[r].row[c]);
  akin::Context context;
  const akin::Matrix<float> plane = akin::principal_plane(matrix.view(), context);
  akin::ScatterChart chart{title, {"first direction"}, {"second direction"}, {}};
  for (std::size_t r = 0; r < rows.size(); ++r)
    chart.points.push_back({static_cast<double>(plane(r, 0)), static_cast<double>(plane(r, 1)), rows[r].word, rows[r].group});
  return chart;
}

/// Mean cosine of words of one group, less that of words of different groups: 0 for random rows.
double order_of(const std::vector<WordRow>& rows) {
  double same = 0, other = 0, n_same = 0, n_other = 0;
  for (std::size_t a = 0; a < rows.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      const double cosine = dot(rows[a].row, rows[b].row) / std::sqrt(dot(rows[a].row, rows[a].row) * dot(rows[b].row, rows[b].row));
      (rows[a].group == rows[b].group ? same : other) += cosine;
      (rows[a].group == rows[b].group ? n_same : n_other) += 1;
    }
  }
  return same / n_same - other / n_other;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 3) return std::fprintf(stderr, "words_in_training BOOK.txt words.svg [STEPS]\n"), 2;
  const std::filesystem::path book = argv[1], folder = std::filesystem::temp_directory_path() / "words-in-training";
  const std::size_t steps = argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 400;
  std::filesystem::create_directories(folder);
  akin::Context context;
  const akin::Tokenizer tokenizer = akin::Tokenizer::from_json(tokenizer_of(akin::read_file(book, 1 << 26), 1500), "the book's words");
  akin::write_corpus_tokens({book}, tokenizer, folder / "tokens.npy", context);
  const akin::TokenFile tokens(folder / "tokens.npy");

  akin::LmShape shape;
  shape.vocabulary_size = tokenizer.vocabulary_size();
  shape.n_layers = 2;
  shape.dim = 64;
  shape.n_heads = 4;
  shape.context = 32;
  akin::LmModel model(shape, context.seed);
  akin::LmTrainOptions options;
  options.batches.context = shape.context;
  options.batch = 32;
  options.dropout = 0.1F;
  options.schedule = {.rate = 3e-3, .last_rate = 3e-4, .warmup = steps / 20, .steps = steps};
  akin::LmTrainer trainer(model, tokens, nullptr, options);

  akin::Figure figure{"The same words before, during and after training", {}, 3};
  const auto look = [&](const std::string& when) {
    const std::vector<WordRow> rows = rows_of(model, tokenizer);
    figure.panels.emplace_back(chart_of(when, rows));
    std::printf("%-12s same group − other groups, mean cosine: %6.3f\n", when.c_str(), order_of(rows));
  };
  look("before");
  while (trainer.n_steps() < steps) {
    trainer.step(context);
    if (trainer.n_steps() == steps / 4) look("step " + std::to_string(steps / 4));
  }
  look("after");
  akin::save_figure(argv[2], figure);
  return 0;
} catch (const akin::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
