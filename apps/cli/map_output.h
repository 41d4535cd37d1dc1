// What `akin map` writes: a page, pictures, and the places themselves.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "akin/analysis/saved_map.h"
#include "akin/plot/value_groups.h"
#include "analysis_source.h"

namespace akin::cli {

struct MapView {
  std::string title, theme = "auto", outline = "none";
  double width = 900;
};

/// Rows and where they stand.
struct PlacedMap {
  AnalysisItems items;
  Matrix<float> points;             ///< (n, 2)
  nlohmann::json about;             ///< how they were placed, for --json
  std::string made_by;              ///< the same in a few words
  SavedMap made;                    ///< what later rows can be placed by, but for the rows, their places and their space
  std::string color_by;             ///< "": nothing
  std::vector<std::string> colors;  ///< the word of each row, if there are any
  bool are_kinds = false;           ///< these are labels: numbers among them are names, not amounts

  /// What the colours show if it is amounts.
  [[nodiscard]] std::vector<double> amounts() const { return are_kinds ? std::vector<double>{} : amounts_in(colors); }
};

/// Throws UsageError for a file that no map is written to, and for an unknown theme or outline.
void check_map_outputs(const std::vector<std::string>& paths, const MapView& view);

struct WrittenFile {
  std::string path;
  std::uint64_t bytes = 0;
};
std::vector<WrittenFile> write_maps(const std::vector<std::string>& paths, const PlacedMap& map, const MapView& view);

/// What there is on the map and what was written, as lines or as one JSON object.
void print_map(const PlacedMap& map, const std::vector<WrittenFile>& files, bool as_json);

}  // namespace akin::cli
