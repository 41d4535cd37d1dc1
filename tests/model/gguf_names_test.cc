#include <gtest/gtest.h>

#include <algorithm>

#include "akin/base/error.h"
#include "akin/formats/gguf.h"
#include "akin/model/families.h"
#include "akin/model/gguf_layout.h"
#include "base/throws.h"
#include "golden_model.h"

namespace akin {
namespace {

using testing::expect_error;

struct GgufCase {
  const char* name;
  double tolerance;
};

// Files of llama.cpp's own converter. The same tolerances as for the folders: the numbers are the same.
constexpr GgufCase kCases[] = {
    {"bert", 4e-5},         {"roberta", 3e-5},      {"nomic-bert", 8e-5},
    {"jina-bert-v2", 4e-5}, {"modernbert", 4e-4},   {"t5-gated-gelu", 5e-4},
    {"gpt2", 5e-5},         {"gpt-neox", 3e-5},     {"bloom", 5e-5},
    {"mpt", 5e-5},          {"falcon", 3e-5},       {"llama", 2e-4},
    {"llama3", 8e-5},       {"llama-linear", 7e-5}, {"llama-yarn", 2e-4},
    {"mistral", 2e-4},      {"qwen2", 9e-5},        {"qwen3", 6e-5},
    {"gemma", 6e-5},        {"gemma3-text", 4e-5},  {"gemma3-bidirectional", 4e-5},
};

class GgufOfLlamaCpp : public ::testing::TestWithParam<GgufCase> {};

TEST_P(GgufOfLlamaCpp, GivesTheReferencesHiddenStatesAfterEveryLayer) {
  const GgufFile file(golden::path(std::string("gguf/") + GetParam().name + ".gguf"));
  golden::expect_layers(GetParam().name, file, describe_gguf(file), GetParam().tolerance);
}

INSTANTIATE_TEST_SUITE_P(Golden, GgufOfLlamaCpp, ::testing::ValuesIn(kCases), [](const auto& test) {
  std::string name = test.param.name;
  std::ranges::replace(name, '-', '_');
  return name;
});

}  // namespace
}  // namespace akin
