// Any bytes as a notebook.
#include "read_documents_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  akin::fuzz::read_as("fuzz.ipynb", data, size);
  return 0;
}
