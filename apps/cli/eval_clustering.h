// `akin eval clustering`: found clusters against true labels, and how well they lie apart.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "akin/base/context.h"
#include "command.h"

namespace akin::cli {

struct ClusteringTest {
  std::string found_field = "cluster", truth_field = "label", vectors;
};

void add_clustering_test_options(CLI::App& verb, ClusteringTest& options);
/// One file that holds both, or a file of clusters and one of true labels.
void run_clustering_test(const std::vector<std::string>& paths, const ClusteringTest& options, const Common& common, Context& context);

}  // namespace akin::cli
