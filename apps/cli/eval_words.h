// `akin eval words` and `akin eval analogies`: the benchmarks of word vectors, as tables and as JSON.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "akin/base/context.h"
#include "command.h"

namespace akin::cli {

/// What most papers restrict the Google test to.
inline constexpr std::size_t kAnalogyWords = 30000;

void run_words(const std::vector<std::string>& paths, const Common& common, Context& context);
void run_analogies(const std::vector<std::string>& paths, std::size_t max_words, const Common& common, Context& context);

}  // namespace akin::cli
