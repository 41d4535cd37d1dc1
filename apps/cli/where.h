// --where: the filters that a verb is given, in the language of docs/formats/filter.md.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "akin/store/filter.h"

namespace akin::cli {

void add_where_option(CLI::App& verb, std::vector<std::string>& where);

/// All of them must hold. A uri or source that is a relative path is meant as it stands and below the current folder, as hits show it.
/// Throws what parse_filter() throws.
Filter read_where(const std::vector<std::string>& where);

}  // namespace akin::cli
