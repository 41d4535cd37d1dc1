// Any bytes as a table of vectors (.csv, .tsv): refused with an Error or read, row by row. The first byte chooses the kind.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "akin/base/error.h"
#include "vector_table.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const std::filesystem::path folder = std::filesystem::temp_directory_path();
  const std::string stem = "akin-fuzz-table-" + std::to_string(::getpid());
  const std::string file = (folder / (stem + (data[0] % 2 == 0 ? ".csv" : ".tsv"))).string();
  std::ofstream(file, std::ios::binary).write(reinterpret_cast<const char*>(data + 1), static_cast<std::streamsize>(size - 1));
  try {
    const akin::cli::TableColumns columns{.text = "text", .label = data[0] % 4 < 2 ? "" : "label"};
    static_cast<void>(akin::cli::is_vector_table(file, columns));
    const auto rows = akin::cli::open_vector_table(file, columns);
    for (akin::VectorRow row; rows->next(row);) {
    }
  } catch (const akin::Error&) {
  }
  return 0;
}
