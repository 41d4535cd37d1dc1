// Any bytes as a text, plain or packed, from which words are numbered and phrases made.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>

#include "akin/base/error.h"
#include "akin/train/word_corpus.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto path = std::filesystem::temp_directory_path() / ("akin-fuzz-text-" + std::to_string(::getpid()));
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  try {
    akin::Context context(1);
    const auto text = akin::open_text_input({path});
    const akin::WordCorpus corpus(*text, {.min_count = 1, .phrase_passes = 2, .phrase_threshold = 0.5}, context);
    for (std::size_t b = 0; b < corpus.n_blocks(); ++b) (void)corpus.block(b).size();
  } catch (const akin::Error&) {
  }
  std::filesystem::remove(path);
  return 0;
}
