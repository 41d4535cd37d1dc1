// How `akin map` puts rows on a plane.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "akin/analysis/saved_map.h"
#include "akin/analysis/tsne.h"
#include "akin/analysis/umap.h"
#include "akin/base/context.h"
#include "akin/base/matrix.h"

namespace akin::cli {

struct ProjectionOptions {
  std::string method = "umap";
  std::string metric;  ///< empty: that of the vectors' space, or else euclidean
  UmapOptions umap;
  TsneOptions tsne;
  std::string repulsion = "automatic";
  bool supervised = false;
};

/// --method and what the methods take; none of them goes with `onto`.
void add_projection_options(CLI::App& verb, ProjectionOptions& options, CLI::Option* onto);
/// Throws UsageError for what is unknown.
void check_projection_options(const ProjectionOptions& options);

/// What is put on the plane.
struct ProjectedRows {
  MatrixView<const float> rows;
  std::span<const std::int32_t> labels = {};  ///< of a supervised map, one a row; else empty
  std::string metric = {};                    ///< of the vectors' space; "" where nothing says
};

struct Projection {
  Matrix<float> points;  ///< (n, 2)
  nlohmann::json about;  ///< how they were placed, for --json
  std::string made_by;   ///< the same in a few words
  SavedMap made;         ///< what later rows can be placed by, but for the rows, their places and their space
};

/// Too few rows for the method asked for are placed by their principal components.
Projection project(const ProjectionOptions& options, const ProjectedRows& rows, Context& context);

/// Rows on a map that was kept: those that it has where they stand on it, others among them.
Projection project_onto(const SavedMap& map, MatrixView<const float> rows, Context& context);

}  // namespace akin::cli
