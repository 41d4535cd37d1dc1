// Any bytes as a checkpoint of word vectors: refused with an Error, or taken over whole.
#include <cstddef>
#include <cstdint>
#include <span>

#include "akin/base/error.h"
#include "word_checkpoint.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  akin::Matrix<float> table(2, 16);
  try {
    (void)akin::parse_word_checkpoint(std::as_bytes(std::span(data, size)), "fuzz", {{"model", "cbow"}, {"dimension", "3"}}, table);
  } catch (const akin::Error&) {
  }
  return 0;
}
