// The table of families. Private: a new family is a file like bert.cc, a declaration here and a row in families.cc.
#pragma once

#include <string_view>

#include "akin/model/spec.h"
#include "config.h"

namespace akin {

struct Family {
  std::string_view model_type;  ///< of config.json
  TransformerSpec (*read)(const Config& config);
  const TensorNames& (*names)();
  std::string_view prefix;  ///< that task models put before every name: "bert."
};

TransformerSpec read_bert(const Config& config);
const TensorNames& bert_tensors();

TransformerSpec read_distilbert(const Config& config);
const TensorNames& distilbert_tensors();

}  // namespace akin
