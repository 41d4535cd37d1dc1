// Any bytes as a file in word2vec's binary format: refused with an Error or read, every number included.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "akin/base/error.h"
#include "word_table.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto table = akin::view_word2vec_binary(std::as_bytes(std::span(data, size)), "fuzz.bin");
    std::vector<float> row(table->dim());
    for (std::size_t i = 0; i < table->size(); ++i) {
      table->read(i, row);
      static_cast<void>(table->find(table->word(i)));
    }
  } catch (const akin::Error&) {
  }
  return 0;
}
