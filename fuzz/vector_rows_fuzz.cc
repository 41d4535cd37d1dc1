// Any bytes as a .jsonl file of vectors, and as ids and metadata beside a matrix: rows of finite numbers, or an Error.
#include <unistd.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "akin/base/error.h"
#include "akin/retrieval/vector_rows.h"

namespace {

namespace fs = std::filesystem;

void read(const akin::VectorRowFiles& files) {
  try {
    const auto rows = akin::open_vector_rows(files);
    for (akin::VectorRow row; rows->next(row);)
      for (const float x : row.vector)
        if (!std::isfinite(x)) __builtin_trap();
  } catch (const akin::Error& error) {
    if (error.code() == akin::ErrorCode::io) __builtin_trap();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fs::path folder = fs::temp_directory_path() / ("akin-fuzz-" + std::to_string(::getpid()));
  fs::create_directories(folder);
  std::ofstream(folder / "a.jsonl", std::ios::binary).write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  const char matrix[] = {1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0};  // two rows of one number
  std::ofstream(folder / "a.fvecs", std::ios::binary).write(matrix, sizeof matrix);
  read({folder / "a.jsonl", {}, {}});
  read({folder / "a.fvecs", {}, folder / "a.jsonl"});
  read({folder / "a.fvecs", folder / "a.jsonl", {}});
  return 0;
}
