// How near two vectors are. Inside akin a distance is a float and smaller is nearer; a similarity, where larger is nearer, is made of it
// for people only. Tested by metric_test.cc.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace akin {

enum class Metric {
  cosine,     ///< 1 − a·b / (‖a‖ ‖b‖), from 0 to 2; 1 if either is zero
  dot,        ///< −a·b: the largest product is the nearest
  euclidean,  ///< ‖a − b‖
  manhattan,  ///< Σ |a − b|
};

/// "cosine", "dot", "euclidean", "manhattan": the same in C++, JSON, the command and on disk.
std::string_view name_of(Metric metric) noexcept;
/// Throws Error{invalid_argument} listing the names.
Metric metric_from(std::string_view name);
/// The names, with commas between, for help texts.
std::string metric_names();

/// For people: cosine and dot give the cosine and the product back, the others 1 / (1 + distance), from 1 down to 0.
[[nodiscard]] float similarity_of(Metric metric, float distance) noexcept;

/// The distance of one pair. a.size() == b.size(), Error{mismatch} otherwise. For many pairs search an index.
[[nodiscard]] float distance_between(Metric metric, std::span<const float> a, std::span<const float> b);

}  // namespace akin
