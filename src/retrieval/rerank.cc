#include "akin/retrieval/rerank.h"

#include <string>
#include <utility>

namespace akin {

std::vector<Hit> rerank(std::string_view query, std::vector<Hit> hits, const CrossEncoder& model, const RerankOptions& options,
                        Context& context) {
  std::vector<std::string_view> texts;
  for (const Hit& hit : hits) texts.emplace_back(hit.text);
  std::vector<Hit> ordered;
  std::size_t n_cut = 0;
  for (const RankedText& ranked : model.rank(query, texts, options.k, options.label, context)) {
    n_cut += ranked.report.n_tokens_dropped > 0 ? 1U : 0U;
    ordered.push_back(std::move(hits[ranked.index]));
    ordered.back().score = static_cast<double>(ranked.score);
  }
  if (n_cut > 0) {
    context.warn(std::to_string(n_cut) + " of " + std::to_string(ordered.size()) + " hits were read only in part by " + model.info().name +
                 ": with the query they have more than its " + std::to_string(model.info().max_tokens) + " tokens");
  }
  return ordered;
}

}  // namespace akin
