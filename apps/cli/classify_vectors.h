// `akin classify --head` and `akin eval classification`: what a trained head says of vectors, texts or pictures.
#pragma once

#include <cstddef>
#include <string>

#include "akin/analysis/head.h"
#include "analysis_source.h"
#include "command.h"

namespace akin::cli {

/// Reads what is asked, with the model that the head was trained with unless another is named. Throws Error{mismatch} for another space.
AnalysisItems items_for(const Head& head, const std::string& head_path, const AnalysisSourceOptions& source, Common common,
                        Context& context);

struct HeadQuestion {
  std::string head;     ///< its file
  std::string out;      ///< .csv or .jsonl; empty: printed
  std::size_t k = 1;    ///< labels shown, the most probable first; 0: all
  float threshold = 0;  ///< only labels at least as probable
};

int classify_vectors(const HeadQuestion& question, const AnalysisSourceOptions& source, const Common& common, Context& context);

}  // namespace akin::cli
