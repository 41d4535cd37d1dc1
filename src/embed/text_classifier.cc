#include "akin/embed/text_classifier.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <fstream>
#include <optional>
#include <utility>

#include "akin/base/error.h"
#include "akin/base/mapped_file.h"
#include "akin/base/matrix.h"
#include "akin/base/utf8.h"
#include "akin/formats/fasttext.h"
#include "akin/formats/word_tree.h"
#include "akin/kernels/distance.h"
#include "akin/kernels/softmax.h"

namespace akin {
namespace {

// In fastText's files.
constexpr std::int32_t kSupervised = 3, kHierarchical = 1, kSoftmax = 3;

constexpr std::size_t kTextsAtOnce = 32;

float sigmoid(float x) { return 1 / (1 + std::exp(-x)); }

/// The tree that a model was trained with follows from the labels' counts; a file with other counts than a training has is refused, as its
/// tree might have ways as long as there are labels.
WordTree tree_of(const FastTextModel& model) {
  const auto counts = model.label_counts();
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto count = static_cast<std::uint64_t>(counts[i]);
    if (counts[i] <= 0 || (i > 0 && counts[i] > counts[i - 1]) || count > (std::uint64_t{1} << 62) - sum)
      throw Error(ErrorCode::corrupt, model.path().string() + ": the counts of labels make no tree: label " + std::to_string(i + 1) +
                                          " came " + std::to_string(counts[i]) + " times");
    sum += count;
  }
  return WordTree(std::vector<std::uint64_t>(counts.begin(), counts.end()));
}

/// Keeps the k most probable of the labels that it is shown.
class BestLabels {
 public:
  BestLabels(const LabelQuestion& question, std::size_t n_labels)
      : k_(question.k == 0 ? n_labels : std::min(question.k, n_labels)), threshold_(std::max(question.threshold, 0.0F)) {}

  /// False for what cannot be among them any more; a probability that is no number never is.
  [[nodiscard]] bool hopes(float probability) const {
    return probability >= threshold_ && (kept_.size() < k_ || probability > kept_.front().probability);
  }
  /// Labels come in rising order: of equals the first stays.
  void add(std::size_t label, float probability) {
    if (!hopes(probability)) return;
    if (kept_.size() == k_) {
      std::pop_heap(kept_.begin(), kept_.end(), before);
      kept_.pop_back();
    }
    kept_.push_back({label, probability});
    std::push_heap(kept_.begin(), kept_.end(), before);
  }
  std::vector<LabelGuess> sorted() {
    std::sort(kept_.begin(), kept_.end(), before);
    return std::move(kept_);
  }

 private:
  static bool before(const LabelGuess& a, const LabelGuess& b) {
    return a.probability != b.probability ? a.probability > b.probability : a.label < b.label;
  }
  std::size_t k_;
  float threshold_;
  std::vector<LabelGuess> kept_;  // the least probable in front
};

}  // namespace

struct TextClassifier::Parts {
  MappedFile file;
  std::string prefix;
  std::unique_ptr<FastTextModel> model;
  std::vector<std::string> labels;
  Matrix<float> output;  // (labels, dim)
  std::optional<WordTree> tree;

  Parts(const std::filesystem::path& path, std::string_view label_prefix) : file(path), prefix(label_prefix) {
    model = view_fasttext(file.bytes(), path);
    if (model->args().model != kSupervised || model->labels().empty())
      throw Error(ErrorCode::unsupported, path.string() + ": a model without labels; `akin train classifier` makes one with labels");
    for (const std::string_view label : model->labels()) {
      std::size_t n_replaced = 0;
      labels.push_back(replace_invalid_utf8(label.substr(label.starts_with(prefix) ? prefix.size() : 0), n_replaced));
    }
    output = Matrix<float>(labels.size(), model->dim());
    for (std::size_t l = 0; l < labels.size(); ++l) model->add_output(l, output.row(l));
    if (model->args().loss == kHierarchical) tree = tree_of(*model);
  }

  [[nodiscard]] float score(std::size_t row, std::span<const float> hidden) const { return kernels::dot(output.row(row), hidden); }

  void walk_the_tree(std::span<const float> hidden, BestLabels& best) const {
    std::vector<float> right(labels.size(), -1.0F);  // of each inner node that was needed: the probability of its right side
    for (std::size_t l = 0; l < labels.size(); ++l) {
      float probability = 1;
      for (const WordTree::Step& step : tree->path(l)) {
        float& known = right[step.node];
        if (known < 0) known = sigmoid(score(step.node, hidden));
        probability *= step.left ? 1 - known : known;
        if (!best.hopes(probability)) break;
      }
      best.add(l, probability);
    }
  }

  void score_all(std::span<const float> hidden, BestLabels& best) const {
    std::vector<float> scores(labels.size());
    for (std::size_t l = 0; l < scores.size(); ++l) scores[l] = score(l, hidden);
    if (model->args().loss == kSoftmax) {
      kernels::softmax(scores);
    } else {
      std::transform(scores.begin(), scores.end(), scores.begin(), sigmoid);
    }
    for (std::size_t l = 0; l < scores.size(); ++l) best.add(l, scores[l]);
  }
};

TextClassifier::TextClassifier(const std::filesystem::path& file, std::string_view label_prefix)
    : parts_(std::make_unique<Parts>(file, label_prefix)) {}
TextClassifier::~TextClassifier() = default;
TextClassifier::TextClassifier(TextClassifier&&) noexcept = default;
TextClassifier& TextClassifier::operator=(TextClassifier&&) noexcept = default;

const std::vector<std::string>& TextClassifier::labels() const noexcept { return parts_->labels; }
std::size_t TextClassifier::dim() const noexcept { return parts_->model->dim(); }
std::size_t TextClassifier::n_words() const noexcept { return parts_->model->size(); }
bool TextClassifier::quantized() const noexcept { return parts_->model->quantized(); }

std::string_view TextClassifier::loss() const noexcept {
  const std::int32_t loss = parts_->model->args().loss;
  return loss == kSoftmax ? "softmax" : loss == kHierarchical ? "hierarchical softmax" : "one-vs-all";
}

TextClassifier::Answer TextClassifier::answer(std::string_view text, const LabelQuestion& question) const {
  const Parts& p = *parts_;
  FastTextLine line;
  p.model->read_line(text, p.prefix, line);
  Answer answer;
  answer.named.assign(line.labels.begin(), line.labels.end());
  answer.n_rows = line.rows.size();
  if (line.rows.empty()) return answer;
  std::vector<float> hidden(dim(), 0.0F);
  for (const std::int32_t row : line.rows) p.model->add_input(static_cast<std::size_t>(row), hidden);
  const float share = 1.0F / static_cast<float>(line.rows.size());
  for (float& x : hidden) x *= share;
  BestLabels best(question, p.labels.size());
  p.tree ? p.walk_the_tree(hidden, best) : p.score_all(hidden, best);
  answer.guesses = best.sorted();
  return answer;
}

std::vector<TextClassifier::Answer> TextClassifier::answer(std::span<const std::string> texts, const LabelQuestion& question,
                                                           Context& context) const {
  std::vector<Answer> answers(texts.size());
  context.parallel_for(texts.size(), kTextsAtOnce, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) answers[i] = answer(texts[i], question);
  });
  return answers;
}

bool is_text_classifier(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored)) return false;
  std::array<char, kFastTextHead> head{};
  std::ifstream in(file, std::ios::binary);
  in.read(head.data(), head.size());
  return is_fasttext_classifier(std::as_bytes(std::span(head).first(static_cast<std::size_t>(in.gcount()))));
}

}  // namespace akin
