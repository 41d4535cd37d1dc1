// How many clusters k-means should make: by the silhouette, or by the elbow of the inertia. Tested by choose_k_test.cc.
#pragma once

#include <cstddef>
#include <vector>

#include "akin/analysis/kmeans.h"
#include "akin/base/context.h"
#include "akin/base/matrix.h"

namespace akin {

enum class KChoice {
  silhouette,  ///< the k whose clusters lie furthest apart for their size; k ≥ 2
  elbow,       ///< the k after which the inertia falls slowest: the point furthest below the line from the first to the last (Kneedle)
};

struct ChooseKOptions {
  KChoice by = KChoice::silhouette;
  std::vector<std::size_t> candidates = {};  ///< rising; empty: see default_candidates()
  std::size_t trial_rows = 20'000;           ///< that candidates are tried on, drawn by context.seed; the best is then made of all. 0: all
  std::size_t sample = 5000;                 ///< of these, rows that the silhouette is measured on; 0: all
};

/// What was tried.
struct KTrial {
  std::size_t k = 0;
  double inertia = 0, silhouette = 0;  ///< silhouette: 0 unless it was asked for
};

struct ChosenK {
  KMeansResult result;  ///< of the best
  std::size_t k = 0;
  std::vector<KTrial> trials;
};

/// 2, 3, … 10, then about a quarter more each up to √n · 2, at most 100.
std::vector<std::size_t> default_candidates(std::size_t n_rows);

/// k-means of each candidate, with options.k and options.start passed over. Of equally good ones the first. Throws what kmeans() throws,
/// and Error{invalid_argument} where no candidate can be tried.
ChosenK choose_k(MatrixView<const float> rows, const ChooseKOptions& choice, const KMeansOptions& options, Context& context);

}  // namespace akin
