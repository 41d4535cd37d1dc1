// `akin eval ann`: the curve of graph search over vectors in files, as a table, as JSON and as a picture.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "akin/base/context.h"
#include "command.h"

namespace akin::cli {

struct AnnOptions {
  std::string queries;  ///< a file; empty: some of the vectors
  std::string metric = "cosine";
  std::string picture;
  std::size_t k = 10;
};

void add_ann_options(CLI::App& verb, AnnOptions& options);
void run_ann(const std::vector<std::string>& paths, const AnnOptions& options, const Common& common, Context& context);

}  // namespace akin::cli
