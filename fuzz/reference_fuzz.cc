// Any bytes as a model folder's inputs.json beside answers that are in order: refused with an Error or read.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "akin/base/error.h"
#include "akin/embed/verify.h"
#include "akin/embed/verify_pairs.h"

namespace {

namespace fs = std::filesystem;

/// A folder with answers of texts and of pairs, made once.
struct Folders {
  fs::path root = fs::temp_directory_path() / ("akin-fuzz-reference-" + std::to_string(reinterpret_cast<std::uintptr_t>(this)));
  Folders() {
    for (const char* name : {"pool-mean", "cross-encoder"}) {
      fs::create_directories(root / name);
      fs::copy_file(fs::path("tests/golden/sentence-transformers") / name / "expected.safetensors", root / name / "expected.safetensors",
                    fs::copy_options::overwrite_existing);
    }
  }
  ~Folders() {
    std::error_code ignored;
    fs::remove_all(root, ignored);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Folders folders;
  for (const char* name : {"pool-mean", "cross-encoder"}) {
    std::ofstream(folders.root / name / "inputs.json", std::ios::binary)
        .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    try {
      (void)akin::find_reference(folders.root / name);
      (void)akin::find_pair_reference(folders.root / name);
    } catch (const akin::Error&) {
    }
  }
  return 0;
}
