#include "word_chunks.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "akin/base/utf8.h"

namespace akin {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 21;
constexpr std::size_t kChunksAtOnce = 8;

constexpr std::array<bool, 256> space_table() {
  std::array<bool, 256> table{};
  for (const unsigned char c : {'\0', '\t', '\n', '\v', '\f', '\r', ' '}) table[c] = true;
  return table;
}
constexpr std::array<bool, 256> kSpace = space_table();
bool is_space(char c) noexcept { return kSpace[static_cast<unsigned char>(c)]; }

/// Chunks of the text that end at white space. What is too long for a word does not wait in memory for its end.
class ChunkReader {
 public:
  explicit ChunkReader(TextInput& text) : text_(text) {}

  /// False at the end of the text.
  bool next(std::string& chunk, CorpusReport& report) {
    chunk.swap(rest_);
    rest_.clear();
    const std::size_t kept = chunk.size();
    chunk.resize(kept + kChunkBytes);
    const std::size_t got = text_.read(std::span(chunk).subspan(kept));
    chunk.resize(kept + got);
    if (got < kChunkBytes) return !chunk.empty();  // the last one
    std::size_t end = chunk.size();
    while (end > 0 && !is_space(chunk[end - 1])) --end;
    if (chunk.size() - end > kMaxWordBytes) {
      ++report.n_too_long;
      ++report.n_words;
      skip_word();
    } else {
      rest_.assign(chunk, end);
    }
    chunk.resize(end);
    return true;
  }

 private:
  /// Reads on to the next white space, and keeps what comes from there on.
  void skip_word() {
    for (std::string piece(kChunkBytes, '\0');;) {
      const std::size_t n = text_.read(piece);
      const auto* found = std::find_if(piece.data(), piece.data() + n, is_space);
      rest_.assign(found, static_cast<std::size_t>(piece.data() + n - found));
      if (!rest_.empty() || n < piece.size()) return;
    }
  }

  TextInput& text_;
  std::string rest_;
};

/// One chunk's words, numbered on their own.
struct Chunk {
  std::string text;
  WordCounter words;
  std::vector<std::uint32_t> numbers;
  CorpusReport report;

  void count() {
    words.clear();
    numbers.clear();
    report = {};
    const char* p = text.data();
    const char* const end = p + text.size();
    while (p != end) {
      if (is_space(*p)) {
        if (*p++ == '\n') numbers.push_back(WordCorpus::kSentenceEnd);
        continue;
      }
      const char* const begin = p;
      while (p != end && !is_space(*p)) ++p;
      add({begin, static_cast<std::size_t>(p - begin)});
    }
    text.clear();
  }

 private:
  void add(std::string_view word) {
    ++report.n_words;
    if (word.size() > kMaxWordBytes) {
      ++report.n_too_long;
      return;
    }
    numbers.push_back(words.add(word));
  }
};

/// Joins chunks in the order of the text.
class Joiner {
 public:
  Joiner(WordCounter& words, CorpusReport& report) : words_(words), report_(report) {}

  /// The chunk's numbers become those of the whole; lines without a word leave no mark.
  void join(Chunk& chunk) {
    place_.resize(chunk.words.size());
    for (std::size_t i = 0; i < place_.size(); ++i) {
      const std::string_view word = chunk.words.word(i);
      const std::uint64_t count = chunk.words.count(i);
      const bool valid = is_valid_utf8(word);
      if (!valid) report_.n_invalid += count;
      place_[i] = valid ? words_.add(word, count) : WordCounter::kNone;
    }
    std::size_t kept = 0;
    for (const std::uint32_t number : chunk.numbers) {
      const bool end = number == WordCorpus::kSentenceEnd;
      if (end ? !open_ : place_[number] == WordCounter::kNone) continue;
      if (end) ++report_.n_sentences;
      open_ = !end;
      chunk.numbers[kept++] = end ? number : place_[number];
    }
    chunk.numbers.resize(kept);
    report_.n_words += chunk.report.n_words;
    report_.n_too_long += chunk.report.n_too_long;
  }

 private:
  WordCounter& words_;
  CorpusReport& report_;
  std::vector<std::uint32_t> place_;
  bool open_ = false;  // words since the last end of a sentence
};

}  // namespace

void number_words(TextInput& text, WordCounter& words, CorpusReport& report,
                  const std::function<void(std::span<const std::uint32_t>)>& sink, Context& context) {
  ChunkReader reader(text);
  std::vector<Chunk> chunks(kChunksAtOnce);
  Joiner joiner(words, report);
  context.progress.begin("reading", 0, "words");
  for (bool more = true; more;) {
    std::size_t n = 0;
    while (n < chunks.size() && (more = reader.next(chunks[n].text, report))) ++n;
    context.parallel_for(n, 1, [&](std::size_t i, std::size_t) { chunks[i].count(); });
    for (std::size_t i = 0; i < n; ++i) {
      joiner.join(chunks[i]);
      sink(chunks[i].numbers);
      context.progress.advance(chunks[i].report.n_words);
    }
  }
  report.n_different = words.size();
  context.progress.end();
}

}  // namespace akin
