// Any bytes as a message, and as a mailbox.
#include "read_documents_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes = "From a@b Thu Mar  4 05:06:07 2021\n" + std::string(reinterpret_cast<const char*>(data), size);
  akin::fuzz::read_as("fuzz.eml", data, size);
  akin::fuzz::read_as("fuzz.mbox", reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  return 0;
}
