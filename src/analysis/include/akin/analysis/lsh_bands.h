// How MinHash signatures are cut so that alike sets meet (locality-sensitive hashing: Indyk & Motwani, 1998; Leskovec, Rajaraman & Ullman,
// Mining of Massive Datasets, section 3.4): sets whose values agree in all hashes of one band, in any of the bands, are compared.
// Tested by lsh_bands_test.cc.
#pragma once

#include <cstddef>

namespace akin {

struct LshBands {
  std::size_t n_bands = 0;
  std::size_t n_hashes = 0;  ///< of a band
};

/// The share of pairs of that Jaccard similarity that meet: 1 − (1 − jaccard^n_hashes)^n_bands.
double meeting_share(const LshBands& bands, double jaccard) noexcept;

/// The longest bands, so that few others meet, by which pairs that are just as similar as `threshold` meet with probability `recall`, with
/// at most 128 hashes in all. Throws Error{invalid_argument} unless threshold is from 0.05 to 1 and recall from 0.5 to 0.9999.
LshBands choose_bands(double threshold, double recall);

}  // namespace akin
