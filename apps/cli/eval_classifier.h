// `akin eval classifier`.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "akin/embed/text_classifier.h"
#include "command.h"

namespace akin::cli {

struct ClassifierTest {
  LabelQuestion question;
  std::string label_prefix{kLabelPrefix};
  bool per_label = false;
};

void add_classifier_test_options(CLI::App& verb, ClassifierTest& options);
void run_classifier_test(const std::vector<std::string>& paths, const ClassifierTest& options, const Common& common, Context& context);

}  // namespace akin::cli
