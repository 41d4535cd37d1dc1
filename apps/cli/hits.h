// How the hits of a search are shown: on a terminal, and as JSON.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>

#include "akin/retrieval/collection.h"

namespace akin::cli {

/// `full`: the whole chunk, not a snippet.
void print_hit(std::size_t rank, const Hit& hit, bool full);
nlohmann::json json_of(const Hit& hit);

/// What --explain shows.
void print_plan(const SearchPlan& plan);
nlohmann::json json_of(const SearchPlan& plan);

}  // namespace akin::cli
