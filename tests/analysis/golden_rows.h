// Arrays of tests/golden/analysis/clusters.
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

inline std::filesystem::path cluster_file(const std::string& name) { return path("analysis/clusters/" + name + ".npy"); }

inline Matrix<float> rows(const std::string& name) { return VectorFile(cluster_file(name)).read(); }

/// Of int32.
inline std::vector<std::int32_t> labels(const std::string& name) {
  const NpyFile file(cluster_file(name));
  std::vector<std::int32_t> out(file.tensor().bytes.size() / sizeof(std::int32_t));
  std::memcpy(out.data(), file.tensor().bytes.data(), file.tensor().bytes.size());
  return out;
}

}  // namespace akin::golden
