// Any bytes as vocab.txt beside an empty configuration: either an Error or a working tokenizer.
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
  Folder() : path_(std::filesystem::temp_directory_path() / ("akin_vocab_fuzz_" + std::to_string(std::random_device{}()))) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Folder folder;
  std::ofstream(folder.path() / "vocab.txt", std::ios::binary) << "[UNK]\n[CLS]\n[SEP]\n"
                                                               << std::string_view(reinterpret_cast<const char*>(data), size);
  try {
    const akin::Tokenizer tokenizer = akin::Tokenizer::from_folder(folder.path());
    const akin::Encoding encoding = tokenizer.encode("Hello world abcabc, na\xc3\xafve \xe4\xb8\xad\xe6\x96\x87");
    (void)tokenizer.decode(encoding.ids);
  } catch (const akin::Error&) {
    return 0;
  }
  return 0;
}
