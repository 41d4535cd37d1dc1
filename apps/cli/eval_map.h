// `akin eval map`: how well places keep who is near whom.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "akin/base/context.h"
#include "command.h"

namespace akin::cli {

struct MapTest {
  std::string labels, metric = "euclidean";
  std::size_t neighbors = 15, sample = 5000;
};

void add_map_test_options(CLI::App& verb, MapTest& options);
/// A file of vectors and one of their places. `label_field`: of a file of labels.
void run_map_test(const std::vector<std::string>& paths, const MapTest& options, const std::string& label_field, const Common& common,
                  Context& context);

}  // namespace akin::cli
