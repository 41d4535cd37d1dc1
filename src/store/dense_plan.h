// Which way a search by meaning goes: through all rows, or the rows that a filter keeps, listed or marked. One place decides, and says so
// to those who ask. Tested by dense_plan_test.cc.
#pragma once

#include <cstddef>

#include "akin/store/store.h"

namespace akin::store {

/// `n_kept` of `n_rows` rows that can be searched pass the filter, `filtered` or all.
DenseWay dense_way(std::size_t n_rows, std::size_t n_kept, bool filtered) noexcept;

}  // namespace akin::store
