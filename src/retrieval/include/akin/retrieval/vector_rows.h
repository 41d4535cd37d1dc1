// The rows of a file of vectors with what goes with each: id, text, metadata. Read once, front to back. Tested by vector_rows_test.cc.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace akin {

struct VectorRow {
  std::string id;    ///< empty: none was told
  std::string text;  ///< empty: none
  std::vector<std::pair<std::string, std::string>> metadata;
  std::vector<float> vector;
};

/// What a file says of the space its vectors live in; empty where it says nothing.
struct SpaceClaim {
  std::string model, fingerprint, metric;
};

class VectorRows {
 public:
  virtual ~VectorRows() = default;
  /// False at the end. Throws Error{corrupt} naming file and place, Error{limit}.
  virtual bool next(VectorRow& row) = 0;
  [[nodiscard]] virtual SpaceClaim claim() const = 0;
  /// 0 if not known before the end.
  [[nodiscard]] virtual std::size_t n_rows() const noexcept = 0;
};

struct VectorRowFiles {
  std::filesystem::path vectors, ids, metadata;
};

/// By the ending. Throws Error{not_found}, Error{corrupt}, Error{unsupported}, Error{invalid_argument} for an unknown ending or for ids and
/// metadata that are not one a row.
std::unique_ptr<VectorRows> open_vector_rows(const VectorRowFiles& files);

}  // namespace akin
