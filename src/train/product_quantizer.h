// Rows as codes: each is cut into parts, and each part becomes the number of one of 256 centroids, found by k-means over the parts (Jégou
// et al., 2011). The same result on any number of threads. Private. Tested by product_quantizer_test.cc.
#pragma once

#include <cstddef>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/formats/fasttext.h"

namespace akin {

struct ProductQuantizerOptions {
  std::size_t part = 2;  ///< numbers in a part: 1 to dim
  bool norms = false;    ///< rows are brought to length 1 first, and their lengths coded on their own
};

/// Rows without length get the codes of the nearest centroids, as others. Throws Error{cancelled}.
FastTextCodes quantize_rows(MatrixView<const float> rows, const ProductQuantizerOptions& options, Context& context);

}  // namespace akin
