// Any bytes as gzip data, with a bound that a few hundred bytes can reach: refused with an Error or unpacked and read as text.
#include "read_documents_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes = "\x1F\x8B\x08" + std::string(reinterpret_cast<const char*>(data), size);
  akin::fuzz::read_as("fuzz.txt.gz", reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  return 0;
}
