// The second look of a search: a cross-encoder reads the question with each of the first hits and orders them anew. Tested by
// rerank_test.cc.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "akin/base/context.h"
#include "akin/embed/cross_encoder.h"
#include "akin/retrieval/collection.h"

namespace akin {

/// Hits that are looked at again unless told otherwise: enough that the right one is nearly always among them, few enough to wait for.
inline constexpr std::size_t kRerankDepth = 50;

struct RerankOptions {
  std::size_t k = 10;  ///< hits that are kept; 0 = all
  std::string label;   ///< which score counts; needed for models of several labels
};

/// `hits` by the model's score of (query, hit.text), best first, equal ones in the order they had; Hit::score is that score. A hit
/// that does not fit the model with the query is cut, and told to the context's log. Throws what CrossEncoder::rank() throws.
std::vector<Hit> rerank(std::string_view query, std::vector<Hit> hits, const CrossEncoder& model, const RerankOptions& options,
                        Context& context);

}  // namespace akin
