// What `akin duplicates` works on and finds: texts, pictures or vectors, and which of them can go for the sake of which.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "akin/analysis/duplicates.h"
#include "analysis_source.h"
#include "command.h"

namespace akin::cli {

struct DuplicateRunOptions {
  AnalysisSourceOptions source;
  std::string method = "auto", shingles = "characters", groups = "star", keep = "first", against;
  std::size_t shingle_size = 5;
  std::vector<double> thresholds;  ///< of the method; of "all": near's and semantic's
  double recall = 0.99;
  bool fold = false;
};

/// The source's options, --method and its kin.
void add_duplicate_options(CLI::App& verb, DuplicateRunOptions& options, Common& common);

struct DuplicateRun {
  AnalysisItems items, known;  ///< known: of --against, numbered before the items
  Duplicates found;            ///< of both
  std::string method;
  double jaccard = 0, cosine = 0;  ///< 0: not compared so
  double seconds = 0;              ///< of the finding alone
  bool made_vectors = false;       ///< of texts or pictures, to compare them

  [[nodiscard]] std::size_t n_known() const noexcept { return known.size(); }
  [[nodiscard]] bool is_known(std::size_t i) const noexcept { return i < n_known(); }
  [[nodiscard]] const AnalysisItems& items_of(std::size_t i) const noexcept { return is_known(i) ? known : items; }
  [[nodiscard]] std::size_t row_of(std::size_t i) const noexcept { return is_known(i) ? i : i - n_known(); }
  /// Of an item's row, whether it stays.
  [[nodiscard]] bool stays(std::size_t row) const noexcept { return !found.goes(n_known() + row); }
};

DuplicateRun run_duplicates(const DuplicateRunOptions& options, const Common& common, Context& context);

}  // namespace akin::cli
