// Any bytes as a file of word vectors, of the kind that they look like: refused with an Error or read, every number included.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "akin/base/error.h"
#include "akin/formats/word_vectors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static akin::Context context(1);
  try {
    const auto table = akin::view_word_vectors(std::as_bytes(std::span(data, size)), "fuzz.vec", context);
    std::vector<float> row(table->dim());
    for (std::size_t i = 0; i < table->size(); ++i) {
      table->read(i, row);
      static_cast<void>(table->find(table->word(i)));
    }
  } catch (const akin::Error&) {
  }
  return 0;
}
