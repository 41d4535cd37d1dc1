// What a run of indexing did, for people and for machines: shared by index and watch.
#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "akin/akin.h"

namespace akin::cli {

nlohmann::json json_of(const IndexReport& report, const CollectionInfo& info);
void print_report(const IndexReport& report, const CollectionInfo& info);

/// The options of both verbs.
void add_index_options(CLI::App& verb, IndexOptions& options, bool& keep_missing);
/// Throws Error{not_found} for a path that is not there: before a collection is made of nothing. One that is there may know of files that
/// no longer are.
void check_paths(const std::vector<std::filesystem::path>& paths);

}  // namespace akin::cli
