// The benchmarks of word vectors: analogies (Mikolov et al., 2013) and word similarity. Words are looked up as they are, then in lower
// case. Tested by word_tests_test.cc.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "akin/base/context.h"
#include "akin/embed/word_space.h"

namespace akin {

/// One section of questions: ": capital-world" and the lines below it.
struct AnalogySection {
  std::string name;
  std::size_t n_questions = 0;  ///< in the file
  std::size_t n_asked = 0;      ///< whose four words are all among the most frequent
  std::size_t n_right = 0;
  [[nodiscard]] bool syntactic() const { return name.starts_with("gram"); }
};

struct AnalogyScores {
  std::vector<AnalogySection> sections;
  /// The sum of the sections, or of one kind: "semantic", "syntactic" (the Google test names those "gram…"), "total".
  [[nodiscard]] AnalogySection sum(const std::string& kind) const;
};

/// Lines of four words, "a b c d": a is to b as c is to d; ": name" begins a section; .gz is unpacked. The answer is the word whose vector
/// has the greatest cosine with b − a + c (3CosAdd, of unit vectors); a, b and c are no answers. Only the first `max_words` words of the
/// space, the most frequent, are asked for and answer (0: all), as is usual for this test. Throws Error{corrupt} naming file and line,
/// Error{not_found}, Error{io}, Error{cancelled}.
AnalogyScores evaluate_analogies(const WordSpace& space, const std::filesystem::path& path, std::size_t max_words, Context& context);

struct WordSimilarityScores {
  std::size_t n_pairs = 0;   ///< in the file
  std::size_t n_scored = 0;  ///< both words of which the space has
  double spearman = 0;       ///< of the cosines and people's scores; 0 for fewer than two pairs
};

/// Lines of two words and a score, apart by white space or commas; lines without a number in third place are heads or comments if they
/// begin with # or are the first. Throws as evaluate_analogies().
WordSimilarityScores evaluate_word_similarity(const WordSpace& space, const std::filesystem::path& path);

}  // namespace akin
