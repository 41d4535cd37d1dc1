// Any bytes as an HTML page: refused with an Error or read; what is read is valid UTF-8 in blocks whose lines can be asked for.
#include "read_documents_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  akin::fuzz::read_as("fuzz.html", data, size);
  return 0;
}
