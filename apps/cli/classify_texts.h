// `akin classify` with a classifier of texts: what it says of each.
#pragma once

#include <string>
#include <vector>

#include "akin/embed/text_classifier.h"
#include "command.h"

namespace akin::cli {

/// `inputs` as open_texts() takes them, one at a time in bounded memory.
int classify_texts(const std::vector<std::string>& inputs, const std::string& label_prefix, const LabelQuestion& question,
                   const Common& common, Context& context);

}  // namespace akin::cli
