// Any bytes as a ZIP archive of whatever kind.
#include "read_documents_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes = "PK\x03\x04" + std::string(reinterpret_cast<const char*>(data), size);
  akin::fuzz::read_as("fuzz.docx", reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  akin::fuzz::read_as("fuzz.docx", data, size);
  return 0;
}
