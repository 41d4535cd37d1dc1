// How well search finds what people judged relevant: nDCG@10, recall@100 and MRR@10 over a BEIR folder, whole documents, one vector each
// (cut at the model's limit), as BEIR and MTEB do. Tested by retrieval_test.cc.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "akin/base/context.h"
#include "akin/embed/embedder.h"
#include "akin/eval/beir.h"
#include "akin/retrieval/collection.h"
#include "akin/retrieval/rerank.h"

namespace akin {

struct RetrievalScores {
  std::size_t n_documents = 0, n_queries = 0;
  double ndcg_at_10 = 0, recall_at_100 = 0, mrr_at_10 = 0;    ///< means over the judged queries
  std::size_t n_documents_truncated = 0;                      ///< dense and hybrid: longer than the model's limit
  std::size_t n_pairs_truncated = 0;                          ///< of a query and a document, by the reranker
  std::vector<std::pair<std::string, double>> ndcg_of_query;  ///< query id, nDCG@10
};

/// `rankings[i]` are rows of the corpus for query i, best first.
RetrievalScores score_rankings(const BeirSet& set, const std::vector<std::vector<std::uint64_t>>& rankings);

struct RetrievalOptions {
  SearchMode mode = SearchMode::dense;
  const CrossEncoder* reranker = nullptr;  ///< reads each query with the first documents found and orders these anew; the others follow
  RerankOptions rerank{.k = kRerankDepth, .label = {}};  ///< k: how many documents it reads
};

/// Dense: exact search by the model's own similarity over "title text". Text: BM25 as collections have it. Hybrid: both, fused as
/// collections do. Text mode needs no embedder (nullptr); Error{invalid_argument} without one in the other modes. Text and hybrid make a
/// collection in the system's folder for temporary files, and remove it. Throws what CrossEncoder::rank() throws.
RetrievalScores evaluate_retrieval(const Embedder* embedder, const std::filesystem::path& folder, const RetrievalOptions& options,
                                   Context& context);

}  // namespace akin
