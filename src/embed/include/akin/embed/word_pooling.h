// How the words of a text become one vector, for files of word vectors; other models know their own pooling. Tested by
// word_backend_test.cc.
#pragma once

#include <string_view>

namespace akin {

enum class WordPooling {
  mean,
  sif,        ///< each word weighs a / (a + its frequency), a = 1e-3 (Arora et al., 2017): frequent words say little
  sif_common  ///< and what all texts have in common is taken away: the first principal component of random texts
};
std::string_view name_of(WordPooling pooling) noexcept;
/// "mean", "sif", "sif-common". Throws Error{invalid_argument} listing the names.
WordPooling word_pooling_from(std::string_view name);

}  // namespace akin
