// The rows of a set as codes of one kind, and one query's way over them. Tested by code_scan_test.cc.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "akin/base/context.h"
#include "akin/space/search_code.h"
#include "akin/space/vector_set.h"

namespace akin {

class CodeScan {
 public:
  /// Blocks begin at multiples of it.
  static constexpr std::size_t kBlockRows = 256;

  /// One query; for one thread.
  class Pass {
   public:
    virtual ~Pass() = default;
    /// out[i] = about query · row first + i; for SearchCode::bit the negative Hamming distance. first is a multiple of kBlockRows,
    /// out.size() at most that.
    virtual void products(std::size_t first, std::span<float> out) = 0;
  };

  virtual ~CodeScan() = default;
  [[nodiscard]] virtual std::unique_ptr<Pass> begin(std::span<const float> query) const = 0;
  [[nodiscard]] virtual std::size_t n_bytes() const noexcept = 0;
};

/// Codes of every row times its factor (`factors`: one a row, or empty for 1). Throws Error{invalid_argument} if a number is not finite.
std::unique_ptr<const CodeScan> make_code_scan(SearchCode code, const VectorSet& vectors, std::span<const float> factors, Context& context);

}  // namespace akin
