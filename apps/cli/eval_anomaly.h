// `akin eval anomaly`: how well scores of `akin outliers` tell the rows that are truly odd.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "command.h"

namespace akin::cli {

struct AnomalyTest {
  std::string score_field = "score", odd_label = "1";
};

void add_anomaly_options(CLI::App& verb, AnomalyTest& options);
/// Tables with a score and a label a row.
void run_anomaly(const std::vector<std::string>& paths, const AnomalyTest& options, const std::string& label_field, const Common& common);

}  // namespace akin::cli
