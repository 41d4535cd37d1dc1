// Lloyd's rounds from one start (kmeans.h). A row is looked at again only once the centres have moved so far that another one may be the
// nearest (Hamerly, 2010), and by bfloat16 first where the CPU multiplies it: only rows between two centres are then looked at in float.
// What is skipped or seen by halves would have come out the same, so that bits do not depend on it. Tested by lloyd_test.cc.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "akin/analysis/kmeans.h"
#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "centre_sums.h"
#include "nearest_centre.h"

namespace akin::analysis {

struct LloydOptions {
  std::size_t max_iterations = 300;
  double tolerance = 0;  ///< the sum of the squares of the centres' moves under which a run ends
  bool by_angle = false;
  bool with_bounds = true;  ///< false: every row is looked at in every round
  bool with_halves = true;  ///< false: in float always
};

class Lloyd {
 public:
  /// `rows` must outlive it; the start has a row a centre.
  Lloyd(MatrixView<const float> rows, const LloydOptions& options, Matrix<float> start, Context& context);
  KMeansResult run();

 private:
  std::size_t assign();
  struct Look;
  void assign_piece(std::size_t begin, std::size_t end, Look& look);
  void look_at_block(std::size_t begin, std::size_t end, Look& look);
  void look_at_open(Look& look);
  void take(std::size_t row, const kernels::BestTwo& found, float error, std::vector<RowMove>& moves);
  bool stays(std::size_t row);
  double move_centres();
  void fill_empty();
  [[nodiscard]] std::vector<float> distances_to_own() const;

  MatrixView<const float> rows_;
  LloydOptions options_;
  Context& context_;
  CentreSums sums_;
  Matrix<float> centres_;
  std::vector<std::int32_t> labels_;
  std::vector<float> squares_;             ///< of each row's length
  std::vector<kernels::GemmRows> halves_;  ///< blocks of rows as bfloat16; none where they are not used
  std::vector<float> upper_, lower_;       ///< a row is no further from its centre, and no nearer to any other
  std::vector<float> moved_, others_;      ///< how far each centre moved last, and the furthest of the others
  float slack_ = 0;                        ///< that rounding may put on a score's square of a distance
};

}  // namespace akin::analysis
