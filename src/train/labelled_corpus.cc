#include "akin/train/labelled_corpus.h"

#include <algorithm>
#include <utility>

#include "akin/base/error.h"
#include "akin/base/rng.h"
#include "akin/base/sha256.h"
#include "akin/formats/fasttext.h"
#include "number_spool.h"
#include "option_range.h"
#include "word_chunks.h"

namespace akin {
namespace {

constexpr std::uint64_t kShuffleStream = 0x73687566666C65ULL;  // apart from the streams of blocks

// A line in the spool: how many words it has, how many labels and how many rows, then these.
constexpr std::size_t kHead = 3;

void check(const LabelledCorpusOptions& options) {
  require(!options.label_prefix.empty(), "the prefix of labels is empty");
  check_range("the least count of a word", static_cast<double>(options.min_count), 1, 1e18);
  check_range("the least count of a label", static_cast<double>(options.min_label_count), 1, 1e18);
  check_range("the number of words in an n-gram", options.word_ngrams, 1, 64);
  check_range("the greatest length of parts of words", options.maxn, 0, 64);
  check_range("the least length of parts of words", options.minn, 0, std::max(options.maxn, 0));
  if (options.word_ngrams > 1 || options.maxn > 0) check_range("the number of buckets", options.buckets, 1, 1 << 30);
}

void refuse_poor_text(const LabelledReport& report, std::size_t n_labels, const std::string& prefix) {
  if (report.n_lines > 0) return;
  if (report.text.n_words == 0) throw Error(ErrorCode::invalid_argument, "the text has no words");
  if (n_labels == 0)
    throw Error(ErrorCode::invalid_argument, "the text has no label that is frequent enough: a word that begins with '" + prefix + "'");
  throw Error(ErrorCode::invalid_argument, "no line of the text has both a label and a word that is frequent enough");
}

struct Entry {
  std::uint32_t number;  ///< of the word as it came
  std::uint64_t count;
};

void sort_entries(std::vector<Entry>& entries, const WordCounter& words) {
  std::sort(entries.begin(), entries.end(), [&](const Entry& a, const Entry& b) {
    return a.count != b.count ? a.count > b.count : words.word(a.number) < words.word(b.number);
  });
}

}  // namespace

/// From the words as they came to lines of labels and rows.
class LabelledCorpus::Builder {
 public:
  Builder(LabelledCorpus& corpus, WordCounter& words) : corpus_(corpus), options_(corpus.options_), words_(words) {
    end_ = words_.add(kFastTextEnd, corpus_.report_.text.n_sentences);
    number_words_and_labels();
    collect_parts();
    row_of_bucket_.assign(static_cast<std::size_t>(options_.buckets), 0);
  }

  /// The next word of the text, or WordCorpus::kSentenceEnd.
  void add(std::uint32_t word) {
    if (word != WordCorpus::kSentenceEnd && word != end_) {
      line_.push_back(word);
    } else if (!line_.empty()) {
      line_.push_back(end_);
      end_line();
      line_.clear();
    }
  }

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFFU;

  void number_words_and_labels() {
    std::vector<bool> wanted(words_.size(), false);
    for (const std::string& text : options_.more_words) {
      const std::uint32_t word = words_.add(text);  // it counts once more, as in fastText
      wanted.resize(words_.size(), false);
      wanted[word] = true;
    }
    std::vector<Entry> words, labels;
    for (std::uint32_t i = 0; i < words_.size(); ++i) {
      is_label_.push_back(words_.word(i).starts_with(options_.label_prefix));
      const std::uint64_t least = is_label_[i] ? options_.min_label_count : options_.min_count;
      if (words_.count(i) >= least || (wanted[i] && !is_label_[i])) (is_label_[i] ? labels : words).push_back({i, words_.count(i)});
    }
    place_.assign(words_.size(), kNone);
    place(words, corpus_.words_, corpus_.counts_);
    place(labels, corpus_.labels_, corpus_.label_counts_);
  }

  void place(std::vector<Entry>& entries, std::vector<std::string>& names, std::vector<std::uint64_t>& counts) {
    sort_entries(entries, words_);
    for (const Entry& entry : entries) {
      place_[entry.number] = static_cast<std::uint32_t>(names.size());
      names.emplace_back(words_.word(entry.number));
      counts.push_back(entry.count);
    }
  }

  /// The buckets of each word's parts, and its hash.
  void collect_parts() {
    begins_.push_back(0);
    for (std::uint32_t i = 0; i < words_.size(); ++i) {
      hashes_.push_back(fasttext_hash(words_.word(i)));
      if (options_.maxn > 0 && !is_label_[i]) fasttext_ngrams(words_.word(i), options_.minn, options_.maxn, options_.buckets, parts_);
      begins_.push_back(parts_.size());
    }
  }

  void end_line() {
    labels_.clear();
    rows_.clear();
    line_hashes_.clear();
    for (const std::uint32_t word : line_) add_to_line(word);
    if (options_.word_ngrams > 1)
      fasttext_word_ngrams(line_hashes_, options_.word_ngrams, options_.buckets, [&](std::uint32_t bucket) { add_bucket(bucket); });
    if (labels_.empty()) {
      ++corpus_.report_.n_unlabelled;
    } else if (rows_.empty()) {
      ++corpus_.report_.n_empty;
    } else {
      write_line();
    }
  }

  void add_to_line(std::uint32_t word) {
    if (is_label_[word]) {
      if (place_[word] != kNone) labels_.push_back(place_[word]);
      return;
    }
    if (place_[word] != kNone) rows_.push_back(place_[word]);
    for (std::size_t i = begins_[word]; i < begins_[word + 1]; ++i) add_bucket(static_cast<std::uint32_t>(parts_[i]));
    line_hashes_.push_back(hashes_[word]);
  }

  void add_bucket(std::uint32_t bucket) {
    std::uint32_t& row = row_of_bucket_[bucket];
    if (row == 0) {
      corpus_.buckets_.push_back(bucket);
      row = static_cast<std::uint32_t>(corpus_.n_rows());  // one more than it is: 0 is none
    }
    rows_.push_back(row - 1);
  }

  void write_line() {
    const std::uint32_t head[kHead] = {static_cast<std::uint32_t>(line_.size()), static_cast<std::uint32_t>(labels_.size()),
                                       static_cast<std::uint32_t>(rows_.size())};
    corpus_.lines_.push_back(written_);
    corpus_.spool_->write(head);
    corpus_.spool_->write(labels_);
    corpus_.spool_->write(rows_);
    written_ += kHead + labels_.size() + rows_.size();
  }

  LabelledCorpus& corpus_;
  const LabelledCorpusOptions& options_;
  WordCounter& words_;
  std::uint32_t end_ = 0;
  // One a word: whether it is a label, its row or its place among the labels, its hash, where its parts begin in parts_.
  std::vector<bool> is_label_;
  std::vector<std::uint32_t> place_, hashes_;
  std::vector<std::size_t> begins_;
  std::vector<std::int32_t> parts_;
  std::vector<std::uint32_t> row_of_bucket_;
  std::vector<std::uint32_t> line_, labels_, rows_, line_hashes_;  // of the line that is read
  std::uint64_t written_ = 0;
};

LabelledCorpus::LabelledCorpus(TextInput& text, const LabelledCorpusOptions& options, Context& context) : options_(options) {
  check(options_);
  if (options_.word_ngrams < 2 && options_.maxn == 0) options_.buckets = 0;
  WordCounter counter;
  NumberSpool all(spool_place(options_.spool));
  number_words(
      text, counter, report_.text, [&](std::span<const std::uint32_t> numbers) { all.write(numbers); }, context);
  all.write(std::span(&WordCorpus::kSentenceEnd, 1));
  all.finish();
  spool_ = std::make_unique<NumberSpool>(spool_place(options_.spool));
  Builder builder(*this, counter);
  for (const std::uint32_t number : all.numbers()) builder.add(number);
  spool_->finish();
  report_.n_lines = lines_.size();
  refuse_poor_text(report_, labels_.size(), options_.label_prefix);
  Rng rng = Rng(context.seed).fork(kShuffleStream);
  for (std::size_t i = lines_.size() - 1; i > 0; --i) std::swap(lines_[i], lines_[rng.below(i + 1)]);
}

LabelledCorpus::~LabelledCorpus() = default;
LabelledCorpus::LabelledCorpus(LabelledCorpus&&) noexcept = default;
LabelledCorpus& LabelledCorpus::operator=(LabelledCorpus&&) noexcept = default;

LabelledCorpus::Line LabelledCorpus::line(std::size_t i) const noexcept {
  const auto head = spool_->numbers().subspan(lines_[i]);
  return {head.subspan(kHead, head[1]), head.subspan(kHead + head[1], head[2]), head[0]};
}

std::string LabelledCorpus::digest() const {
  Sha256 sha;
  for (const std::string& word : words_) sha.field(word);
  for (const std::string& label : labels_) sha.field(label);
  sha.update(std::as_bytes(std::span(counts_))).update(std::as_bytes(std::span(label_counts_)));
  return sha.update(std::as_bytes(spool_->numbers())).hex();
}

}  // namespace akin
