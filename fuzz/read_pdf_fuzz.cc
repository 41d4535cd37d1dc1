// Any bytes as PDF, each in a child process as always: what befalls the child is an Error here.
#include "read_documents_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes = "%PDF-1.4\n" + std::string(reinterpret_cast<const char*>(data), size);
  akin::fuzz::read_as("fuzz.pdf", reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  return 0;
}
