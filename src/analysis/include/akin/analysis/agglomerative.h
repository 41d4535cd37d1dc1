// Agglomerative clustering: each row begins as a cluster, and the two nearest are joined until one is left. By the nearest-neighbour chain
// (Benzécri, 1982; Müllner, 2011), single linkage by a spanning tree. The tree is scipy's linkage matrix. Tested by agglomerative_test.cc.
#pragma once

#include <cstddef>
#include <string_view>

#include "akin/analysis/linkage.h"
#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/space/metric.h"

namespace akin {

/// How near two clusters are.
enum class LinkageMethod {
  ward,      ///< by how much joining them adds to the squares of the distances to the mean; Euclidean only
  average,   ///< the mean distance of their rows
  complete,  ///< the largest
  single,    ///< the least
};
std::string_view name_of(LinkageMethod method) noexcept;
/// Throws Error{invalid_argument} listing the names.
LinkageMethod linkage_method_from(std::string_view name);

struct AgglomerativeOptions {
  LinkageMethod method = LinkageMethod::ward;
  Metric metric = Metric::euclidean;                            ///< or cosine
  std::size_t max_bytes = std::size_t{8} * 1024 * 1024 * 1024;  ///< of memory: all but single take 4 bytes a pair, 400 MB for 10,000 rows
};

/// O(n²) but for the distances, which take O(n² · dim): 10,000 × 384 in about a second on two threads. The result depends on rows and
/// options only. Throws Error{invalid_argument} for rows that are not finite and for Ward's method with another metric, Error{limit} for
/// more rows than max_bytes allow, Error{cancelled}.
Linkage agglomerative(MatrixView<const float> rows, const AgglomerativeOptions& options, Context& context);

}  // namespace akin
