// Any bytes as vocab.json and merges.txt (what follows the first line that begins with '#'; without one, the bytes are merges of a small
// vocabulary): either an Error or a tokenizer that encodes within its vocabulary.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "akin/base/error.h"
#include "akin/text/tokenizer.h"

namespace {

// One folder a process, removed at its end.
class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / ("akin_merges_fuzz_" + std::to_string(std::random_device{}()))) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  void write(const char* name, std::string_view content) const { std::ofstream(path_ / name, std::ios::binary) << content; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Folder folder;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t split = bytes.find("\n#");
  folder.write("vocab.json", split == std::string_view::npos ? R"({"a": 0, "b": 1, "ab": 2, "ba": 3, "aba": 4, "<|endoftext|>": 5})"
                                                             : bytes.substr(0, split));
  folder.write("merges.txt", split == std::string_view::npos ? bytes : bytes.substr(split + 1));
  try {
    const akin::Tokenizer tokenizer = akin::Tokenizer::from_folder(folder.path());
    for (const std::int32_t id : tokenizer.encode("abab Hello world, na\xc3\xafve \xe4\xb8\xad 12\xff<|endoftext|>").ids) {
      if (id < 0 || static_cast<std::size_t>(id) >= tokenizer.vocabulary_size()) __builtin_trap();
    }
  } catch (const akin::Error&) {
    return 0;
  }
  return 0;
}
