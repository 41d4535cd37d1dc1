// Arrays of tests/golden/analysis: of the folder `clusters`, unless another is named.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "akin/base/matrix.h"
#include "akin/formats/npy.h"
#include "akin/formats/vector_file.h"
#include "golden_files.h"

namespace akin::golden {

inline std::filesystem::path analysis_file(const std::string& name, const std::string& folder) {
  return path("analysis/" + folder + "/" + name + ".npy");
}

inline Matrix<float> rows(const std::string& name, const std::string& folder = "clusters") {
  return VectorFile(analysis_file(name, folder)).read();
}

/// Of float32 and one dimension.
inline std::vector<float> numbers(const std::string& name, const std::string& folder) {
  const NpyFile file(analysis_file(name, folder));
  std::vector<float> out(file.tensor().bytes.size() / sizeof(float));
  std::memcpy(out.data(), file.tensor().bytes.data(), file.tensor().bytes.size());
  return out;
}

/// Of int32.
inline std::vector<std::int32_t> labels(const std::string& name, const std::string& folder = "clusters") {
  const NpyFile file(analysis_file(name, folder));
  std::vector<std::int32_t> out(file.tensor().bytes.size() / sizeof(std::int32_t));
  std::memcpy(out.data(), file.tensor().bytes.data(), file.tensor().bytes.size());
  return out;
}

}  // namespace akin::golden
