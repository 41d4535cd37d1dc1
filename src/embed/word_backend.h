// Sentence vectors from a file of word vectors: the mean of the vectors of a text's words, plain or weighed by how rare a word is (smooth
// inverse frequency: Arora, Liang & Ma, "A simple but tough-to-beat baseline for sentence embeddings", 2017). How often a word occurs is
// what the file says (fastText), else what Zipf's law gives its place in the file: 1 / (place · Σ 1 / place).
//
// sif_common also takes away what all texts have in common. The paper takes the first principal component of the vectors of the texts at
// hand; so that a text's vector does not depend on its neighbours, here it is that of random texts of ten words, drawn by frequency.
// Private: a kind of EmbedderBackend. Tested by word_backend_test.cc.
#pragma once

#include <memory>
#include <vector>

#include "akin/embed/backend.h"
#include "akin/formats/word_vectors.h"

namespace akin {

/// Throws Error{invalid_argument} if `options` ask for more dimensions than the vectors have or for another precision than f32.
std::unique_ptr<EmbedderBackend> make_word_backend(std::unique_ptr<const WordVectors> words, const EmbedderOptions& options);

/// How often each word occurs in a text, from 0 to 1.
std::vector<double> word_frequencies(const WordVectors& words);

/// The direction that random texts of ten words have in common, of unit length; zeros if their vectors are. O(words · dim), of the 10,000
/// first words alone. The same for the same file.
std::vector<float> common_direction(const WordVectors& words, std::span<const double> frequencies, std::span<const float> weights);

}  // namespace akin
