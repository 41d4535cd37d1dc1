// A vector that a person already has, as a query: `akin search --vector FILE`.
#pragma once

#include <string>
#include <vector>

namespace akin::cli {

/// The one row of a file of vectors (.npy, .fvecs, .safetensors …), or numbers with spaces, commas or line ends between, in brackets or
/// not; "-" is standard input. Throws UsageError for something else, Error{not_found}, Error{io}.
std::vector<float> read_query_vector(const std::string& file);

}  // namespace akin::cli
