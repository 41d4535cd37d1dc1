// Any bytes in the character set that the first byte chooses, by way of an HTML page that declares it.
#include <array>

#include "read_documents_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::array kNames = {"utf-8",   "utf-16", "windows-1252", "koi8-r",      "shift_jis",
                                 "gb18030", "big5",   "euc-jp",       "iso-2022-jp", "utf-7"};
  if (size == 0) return 0;
  const std::string bytes = std::string("<meta charset=") + kNames[data[0] % kNames.size()] + "><p>" +
                            std::string(reinterpret_cast<const char*>(data) + 1, size - 1);
  akin::fuzz::read_as("fuzz.html", reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  akin::fuzz::read_as("fuzz.txt", data, size);
  return 0;
}
