// verify() for cross-encoders: ids and logits of pairs against a reference's, and the same bits for a pair alone, in any batch and on any
// number of threads. Tested by verify_pairs_test.cc.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "akin/embed/cross_encoder.h"
#include "akin/embed/verify.h"

namespace akin {

/// What the reference implementation answered for pairs of texts. The files' layout: docs/formats/reference.md.
struct PairReference {
  std::filesystem::path file;  ///< it was read from
  std::vector<std::string> first, second;
  std::vector<std::vector<std::int32_t>> ids;  ///< of each pair, after the cut
  Matrix<float> logits;                        ///< (n_pairs, n_labels)
  std::size_t max_tokens = 0;                  ///< to which pairs were cut; 0: the model's own limit
};

/// inputs.json with expected.safetensors in a cross-encoder's folder; nullopt if they are not there. Throws Error{corrupt}.
std::optional<PairReference> find_pair_reference(const std::filesystem::path& folder);

/// As verify() of an embedder. Without a reference (nullptr) made-up pairs are scored.
VerifyReport verify_pairs(const CrossEncoder& model, const PairReference* reference, Context& context);

}  // namespace akin
