// Names for groups of texts, from their own words: class-based TF-IDF (Grootendorst, BERTopic, 2022) over words and pairs of words. What is
// said everywhere names nothing, in any language; English function words are known by a list besides. Tested by cluster_words_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace akin {

struct ClusterWordsOptions {
  std::size_t n_terms = 6;       ///< of each group at most
  std::size_t max_texts = 2000;  ///< of a group that are read, evenly spaced
  std::size_t max_words = 300;   ///< of a text that are read, from its beginning
};

/// A word or two that are one group's more than the others'.
struct ClusterTerm {
  std::string term;         ///< in lower case
  double weight = 0;        ///< c-TF-IDF: larger is more telling
  std::size_t n_texts = 0;  ///< of the group, among those read, that have it
};

/// The terms of each label from 0 on, the most telling first, equal ones by name. Texts of label −1 belong to no group, but tell what is
/// common. A term is left out if a group of four texts or more has it once only, or if it is hardly more frequent there than elsewhere.
/// Throws Error{mismatch} unless there is a label a text.
std::vector<std::vector<ClusterTerm>> cluster_words(std::span<const std::string> texts, std::span<const std::int32_t> labels,
                                                    const ClusterWordsOptions& options);

}  // namespace akin
