// Hard negatives: for each pair a text that lies near the anchor and is not its positive, found by exact search over all positives with the
// model as it is. Texts nearly as near as the positive are left out: they are mostly answers that nobody marked (NV-Retriever's rule:
// Moreira et al., 2024). Tested by pairs_mining_test.cc.
#pragma once

#include "akin/base/context.h"
#include "akin/embed/embedder.h"
#include "akin/train/pairs_data.h"

namespace akin {

struct MiningOptions {
  std::size_t depth = 50;    ///< texts near the anchor that are looked at
  double most_share = 0.95;  ///< a negative's cosine is at most this share of the positive's, which must be above 0
};

/// Gives every pair without a negative one, where there is one: of the texts that are left the nearest. Returns how many were given.
/// Anchors are embedded as queries, positives as documents. Throws Error{invalid_argument} for options out of range, Error{cancelled}.
std::size_t mine_negatives(const Embedder& embedder, const MiningOptions& options, TextPairs& pairs, Context& context);

}  // namespace akin
