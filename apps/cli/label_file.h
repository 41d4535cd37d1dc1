// True labels that lie in a file of their own.
#pragma once

#include <string>
#include <vector>

namespace akin::cli {

/// A label a row: of .npy its numbers, of .csv, .tsv and .jsonl the named field, of any other file its lines. Throws Error{not_found},
/// Error{corrupt} naming file and place.
std::vector<std::string> read_label_file(const std::string& path, const std::string& field);

}  // namespace akin::cli
