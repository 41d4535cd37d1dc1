// Which of several duplicates `akin duplicates` keeps: the rule of --keep as an order of all rows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis_source.h"

namespace akin::cli {

/// Rows, those to keep first: "first", "last", "longest", "shortest" (texts), "max:FIELD", "min:FIELD", or "central", which is "first" as
/// far as the order goes. Equal ones as they come. A field's values are compared as numbers if all are, else as texts, which suits dates
/// as ISO 8601 writes them; rows without one come last. Throws UsageError for another rule, Error{not_found} for a field that no row has,
/// Error{invalid_argument} where there are no texts.
std::vector<std::uint32_t> keep_order(const std::string& rule, const AnalysisItems& items);

/// Throws UsageError for a rule that keep_order() does not know.
void check_keep_rule(const std::string& rule);

}  // namespace akin::cli
