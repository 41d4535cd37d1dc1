// `akin eval classification`.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "command.h"

namespace akin::cli {

struct ClassificationTest {
  std::string head, field = "text", label_field = "label", label_file, figure;
  char separator = ';';
  bool confusions = false;
};

/// `--head`, `--label-field` …; what eval_classifier.h adds (--per-label) is shared.
void add_classification_options(CLI::App& verb, ClassificationTest& options);
void run_classification(const std::vector<std::string>& paths, const ClassificationTest& options, bool per_label, const Common& common,
                        Context& context);

}  // namespace akin::cli
