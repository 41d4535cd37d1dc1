// The fields that every collection has, and where the tables keep them. Tested by filter_test.cc and filter_sql_test.cc.
#pragma once

#include <string_view>

#include "akin/store/filter.h"

namespace akin::store {

struct BuiltInField {
  std::string_view name;
  bool is_number = false;
  /// SELECT … WHERE, to be followed by a comparison of `column`; puts ids into the list ?1.
  std::string_view select;
  std::string_view column;
  bool of_chunks = false;  ///< the ids of chunks, not of documents
};

/// Null for a field of the metadata.
const BuiltInField* built_in_field(const FilterCondition& condition) noexcept;
/// A value that the field cannot be compared with: why, else empty.
std::string reason_against(const BuiltInField* field, FilterOperator op, const FilterValue& value);

}  // namespace akin::store
