#include "unigram_trainer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <unordered_set>

#include "akin/base/error.h"
#include "akin/base/utf8.h"
#include "piece_lattice.h"
#include "repeated_substrings.h"

namespace akin::train {
namespace {

constexpr std::uint32_t kUnknown = 0;    // the first piece while training; never part of the result
constexpr std::size_t kBlocks = 8;       // of a pass over the words: a fixed cut, each with its own sums, added in order
constexpr double kLeastExpected = 0.5;   // a piece expected less often than that over the corpus is dropped
constexpr double kMissingStep = 0.0001;  // between scores of characters that lost theirs
constexpr double kRoom = 1.1;            // pruning ends at this many times the wanted size; the last cut is by likelihood

struct Pieces {
  std::vector<std::string> text;
  std::vector<double> score;  // logarithm of probability, or a count before it is made one
  void add(std::string piece, double value) {
    text.push_back(std::move(piece));
    score.push_back(value);
  }
  [[nodiscard]] std::size_t size() const noexcept { return text.size(); }
};

// Derivative of log Γ: exp(digamma(count)) is what the sparse prior makes of a count.
double digamma(double x) {
  double result = 0;
  for (; x < 7; ++x) result -= 1 / x;
  x -= 0.5;
  const double x2 = 1 / (x * x), x4 = x2 * x2;
  return result + std::log(x) + x2 / 24 - 7 * x4 / 960 + 31 * x4 * x2 / 8064 - 127 * x4 * x4 / 30720;
}

std::string utf8(char32_t c) {
  std::string out;
  append_utf8(out, c);
  return out;
}

std::string utf8(const std::u32string& text) {
  std::string out;
  for (const char32_t c : text) append_utf8(out, c);
  return out;
}

// Every character, then the substrings that save most: places × length.
Pieces seed_pieces(const std::vector<CountedWord>& words, const TokenizerTrainerOptions& options, Context& context) {
  Pieces out;
  out.add("", std::nan(""));  // the unknown piece
  std::vector<std::pair<std::uint64_t, char32_t>> characters;
  for (const auto& [c, count] : count_characters(words)) characters.emplace_back(count, c);
  std::sort(characters.rbegin(), characters.rend());
  for (const auto& [count, c] : characters) out.add(utf8(c), static_cast<double>(count));
  std::vector<RepeatedSubstring> found = repeated_substrings(words, options.max_piece_chars, context);
  std::stable_sort(found.begin(), found.end(), [](const RepeatedSubstring& a, const RepeatedSubstring& b) {
    const std::uint64_t left = a.n_places * a.text.size(), right = b.n_places * b.text.size();
    return left != right ? left > right : a.text > b.text;
  });
  for (const RepeatedSubstring& s : found) {
    if (out.size() > options.seed_size) break;
    out.add(utf8(s.text), static_cast<double>(s.n_places * s.text.size()));
  }
  double sum = 0;
  for (std::size_t i = 1; i < out.size(); ++i) sum += out.score[i];
  for (std::size_t i = 1; i < out.size(); ++i) out.score[i] = std::log(out.score[i]) - std::log(sum);
  return out;
}

class Trainer {
 public:
  Trainer(const std::vector<CountedWord>& words, const TokenizerTrainerOptions& options, Context& context)
      : words_(words), options_(options), context_(context), pieces_(seed_pieces(words, options, context)) {}

  Pieces run() {
    const auto wanted = static_cast<std::size_t>(static_cast<double>(options_.vocabulary_size) * kRoom);
    context_.progress.begin("fitting pieces", 0, "rounds");
    while (true) {
      for (int i = 0; i < options_.n_sub_iterations; ++i) {
        maximise(expect());
        context_.progress.advance(1);
      }
      if (pieces_.size() <= wanted) break;
      const std::size_t before = pieces_.size();
      prune(wanted);
      if (pieces_.size() == before) break;  // nothing left that could go
    }
    context_.progress.end();
    return std::move(pieces_);
  }

 private:
  [[nodiscard]] PieceSet piece_set() const { return PieceSet(pieces_.text, pieces_.score, kUnknown); }

  // visit(lattice, word, sums) for every word; the blocks' sums are added in their order.
  template <class Visit>
  std::vector<double> sum_over_words(Visit&& visit) {
    const PieceSet set = piece_set();
    const std::size_t grain = words_.size() / kBlocks + 1;
    return context_.pool.parallel_reduce<std::vector<double>>(
        words_.size(), grain, std::vector<double>(pieces_.size()),
        [&](std::size_t begin, std::size_t end) {
          std::vector<double> sums(pieces_.size());
          PieceLattice lattice(set);
          for (std::size_t i = begin; i < end; ++i) {
            lattice.read(words_[i].text);
            visit(lattice, words_[i], sums);
          }
          return sums;
        },
        [](std::vector<double> total, std::vector<double> part) {
          for (std::size_t i = 0; i < total.size(); ++i) total[i] += part[i];
          return total;
        },
        &context_.cancel);
  }

  std::vector<double> expect() {
    return sum_over_words([](PieceLattice& lattice, const CountedWord& word, std::vector<double>& sums) {
      lattice.expect(static_cast<double>(word.count), sums);
    });
  }

  void maximise(const std::vector<double>& expected) {
    Pieces kept;
    kept.add(pieces_.text[kUnknown], pieces_.score[kUnknown]);
    double sum = 0;
    for (std::size_t i = 1; i < pieces_.size(); ++i) {
      if (expected[i] < kLeastExpected) continue;
      kept.add(std::move(pieces_.text[i]), expected[i]);
      sum += expected[i];
    }
    for (std::size_t i = 1; i < kept.size(); ++i) kept.score[i] = digamma(kept.score[i]) - digamma(sum);
    pieces_ = std::move(kept);
  }

  // What a piece would be cut into if it were gone.
  struct Alternative {
    bool is_best = true;  // the piece alone is its own best cut
    std::vector<std::uint32_t> pieces;
  };

  std::vector<Alternative> alternatives() {
    const PieceSet set = piece_set();
    std::vector<Alternative> out(pieces_.size());
    constexpr std::size_t kGrain = 4096;
    context_.parallel_for(pieces_.size() - 1, kGrain, [&](std::size_t begin, std::size_t end) {
      PieceLattice lattice(set);
      for (std::size_t id = begin + 1; id <= end; ++id) {
        double score = 0;
        lattice.read(pieces_.text[id], static_cast<std::int64_t>(id));
        const std::vector<std::uint32_t>& others = lattice.best(score);
        out[id].is_best = others.empty() || pieces_.score[id] >= score;
        if (out[id].is_best && others.size() > 1) out[id].pieces = others;  // a character has none but the unknown piece
      }
    });
    return out;
  }

  void prune(std::size_t wanted) {
    const std::vector<Alternative> others = alternatives();
    double n_words = 0;
    for (const CountedWord& word : words_) n_words += static_cast<double>(word.count);
    const std::vector<double> freq = sum_over_words([](PieceLattice& lattice, const CountedWord& word, std::vector<double>& sums) {
      double score = 0;
      for (const std::uint32_t piece : lattice.best(score)) sums[piece] += static_cast<double>(word.count);
    });
    double sum = 0;
    for (const double f : freq) sum += f;

    Pieces kept;
    kept.add(pieces_.text[kUnknown], pieces_.score[kUnknown]);
    std::vector<std::pair<double, std::size_t>> candidates;  // loss, id
    for (std::size_t id = 1; id < pieces_.size(); ++id) {
      const std::vector<std::uint32_t>& alternative = others[id].pieces;
      if (freq[id] == 0 && (!others[id].is_best || !alternative.empty())) continue;  // no best cut uses it
      if (alternative.empty()) {
        kept.add(pieces_.text[id], pieces_.score[id]);
        continue;
      }
      // Its uses go to the pieces of its alternative. By how much the sum of all uses grows then is taken from the number of all pieces,
      // not of these, by the reference and by SentencePiece alike: frequent pieces are kept longer for it.
      const double sum_then = std::log(sum + freq[id] * static_cast<double>(pieces_.size() - 1));
      double then = 0;
      for (const std::uint32_t piece : alternative) then += std::log(freq[piece] + freq[id]) - sum_then;
      candidates.emplace_back(freq[id] / n_words * (std::log(freq[id]) - std::log(sum) - then), id);
    }
    std::stable_sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    const std::size_t n_kept = std::max(wanted, static_cast<std::size_t>(static_cast<double>(pieces_.size()) * options_.shrinking_factor));
    for (const auto& [loss, id] : candidates) {
      if (kept.size() >= n_kept) break;
      kept.add(pieces_.text[id], pieces_.score[id]);
    }
    pieces_ = std::move(kept);
  }

  const std::vector<CountedWord>& words_;
  const TokenizerTrainerOptions& options_;
  Context& context_;
  Pieces pieces_;
};

// All characters stay; then pieces in the order in which pruning left them, until the vocabulary is full; the best first.
TrainedVocabulary finish(const Pieces& pieces, const std::vector<CountedWord>& words, const TokenizerTemplate& form,
                         const TokenizerTrainerOptions& options) {
  std::map<std::string, double> scores;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    scores.emplace(pieces.text[i], pieces.score[i]);
    least = std::min(least, pieces.score[i]);
  }
  std::vector<std::pair<double, std::string>> kept;
  std::unordered_set<std::string> taken(form.special_tokens().begin(), form.special_tokens().end());
  std::map<char32_t, std::uint64_t> required = count_characters(words);
  for (const char32_t c : form.initial_alphabet()) required.try_emplace(c, 0);
  double missing = least;
  for (const auto& [c, count] : required) {
    const auto found = scores.find(utf8(c));
    kept.emplace_back(found != scores.end() ? found->second : missing, utf8(c));
    if (found == scores.end()) missing += kMissingStep;
    taken.insert(utf8(c));
  }
  for (std::size_t i = 1; i < pieces.size() && kept.size() + form.special_tokens().size() < options.vocabulary_size; ++i) {
    if (taken.insert(pieces.text[i]).second) kept.emplace_back(pieces.score[i], pieces.text[i]);
  }
  std::stable_sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  TrainedVocabulary out;
  out.pieces = form.special_tokens();
  out.scores.assign(out.pieces.size(), 0.0);
  for (auto& [score, piece] : kept) {
    out.scores.push_back(score);
    out.pieces.push_back(std::move(piece));
  }
  return out;
}

}  // namespace

TrainedVocabulary train_unigram(const std::vector<CountedWord>& words, const TokenizerTemplate& form,
                                const TokenizerTrainerOptions& options, Context& context) {
  const std::size_t n_fixed = count_characters(words).size() + form.special_tokens().size();
  if (n_fixed > options.vocabulary_size)
    throw Error(ErrorCode::invalid_argument, "a vocabulary of " + std::to_string(options.vocabulary_size) + " pieces has no room for the " +
                                                 std::to_string(n_fixed) + " special tokens and characters: ask for more");
  return finish(Trainer(words, options, context).run(), words, form, options);
}

}  // namespace akin::train
