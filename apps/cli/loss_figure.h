// A training's curve as a picture.
#pragma once

#include <vector>

#include "akin/akin.h"

namespace akin::cli {

/// Loss and perplexity by step, of the training's batches and of the held-out text.
Figure loss_figure(const std::vector<LmPoint>& curve);

}  // namespace akin::cli
