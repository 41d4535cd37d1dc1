// What `akin cluster` shows and writes of the groups that it found.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "analysis_source.h"

namespace akin::cli {

/// What any of the methods found.
struct Clustering {
  std::vector<std::int32_t> labels;  ///< −1: of no cluster
  std::vector<float> probabilities;  ///< how central each row is; empty where the method does not tell
  nlohmann::json about;              ///< how it was made and how it went, for --json
  std::string summary;               ///< the same in a few words
};

/// Throws UsageError for an ending that labels cannot be written to.
void check_labels_file(const std::string& path);
/// .npy: whole numbers; .csv and .jsonl: each row's name, cluster, probability, true label and text, as far as they are known.
void write_labels(const std::string& path, const AnalysisItems& items, const Clustering& clustering);

struct ClusterView {
  std::size_t n_examples = 3;  ///< of each cluster
  std::size_t n_words = 5;     ///< that name it
  bool with_scores = false;
};
/// The clusters, the largest first, as a table or as one JSON object.
void print_clusters(const AnalysisItems& items, const Clustering& clustering, const ClusterView& view, bool as_json, Context& context);

}  // namespace akin::cli
