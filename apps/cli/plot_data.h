// What `akin plot` draws, read from a file: a figure as docs/formats/figure.md has it, what other verbs print as JSON, records of numbers,
// or a matrix.
#pragma once

#include <string>
#include <vector>

#include "akin/plot/figure.h"

namespace akin::cli {

struct PlotFields {
  std::string x;               ///< of records; empty: "step" or their place in the file
  std::vector<std::string> y;  ///< of records; empty: what ends in "loss"
  double cut = 0;              ///< of a tree
};

/// Throws Error{corrupt} that names the file and the place in it, Error{not_found} for a field that no record has, Error{limit}.
Figure read_figure(const std::string& path, const PlotFields& fields);

}  // namespace akin::cli
