// What `akin outliers` works on and finds: rows, or windows of a series, and how odd each is.
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "akin/analysis/outliers.h"
#include "analysis_source.h"
#include "command.h"

namespace akin::cli {

struct OutlierRunOptions {
  AnalysisSourceOptions source;
  std::string method = "knn", metric = "auto", good, value_field = "value";
  OutlierOptions detector;
  bool standardize = false;
  std::size_t window = 0;  ///< 0: rows are vectors; else values of a series, looked at in windows of so many
};

/// The source's options, --method and its kin.
void add_outlier_options(CLI::App& verb, OutlierRunOptions& options, Common& common);

struct OutlierRun {
  AnalysisItems items;  ///< of a series a row a value, without vectors
  std::vector<double> scores, p_values;
  Matrix<float> vectors;              ///< as they were compared: of the items, or of the windows
  std::optional<AnalysisItems> good;  ///< what new rows were judged by
  Matrix<float> good_vectors;
  Metric metric = Metric::euclidean;
  double seconds = 0;  ///< of learning and scoring alone

  /// Among which neighbours are looked for.
  [[nodiscard]] MatrixView<const float> known() const { return good ? good_vectors.view() : vectors.view(); }
  [[nodiscard]] const AnalysisItems& known_items() const { return good ? *good : items; }
};

OutlierRun run_outliers(const OutlierRunOptions& options, const Common& common, Context& context);

}  // namespace akin::cli
