// Any bytes as RTF.
#include "read_documents_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes = "{\\rtf" + std::string(reinterpret_cast<const char*>(data), size);
  akin::fuzz::read_as("fuzz.rtf", reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  return 0;
}
