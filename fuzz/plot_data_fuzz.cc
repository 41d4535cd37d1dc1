// Any bytes as what akin plot draws (JSON, JSON lines or .npy): refused with an Error, or drawn as SVG and as PNG. The first byte chooses
// the kind.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "akin/base/error.h"
#include "akin/plot/figure.h"
#include "plot_data.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const std::filesystem::path folder = [] {
    std::filesystem::path made = std::filesystem::temp_directory_path() / ("akin-fuzz-plot-" + std::to_string(::getpid()));
    std::filesystem::create_directories(made);
    return made;
  }();
  const std::filesystem::path file = folder / (data[0] % 3 == 0 ? "f.npy" : data[0] % 3 == 1 ? "f.jsonl" : "f.json");
  std::ofstream(file, std::ios::binary).write(reinterpret_cast<const char*>(data + 1), static_cast<std::streamsize>(size - 1));
  try {
    const akin::Figure figure = akin::cli::read_figure(file.string(), {});
    const akin::FigureStyle small{.panel_width = 100, .panel_height = 100};
    static_cast<void>(akin::svg_of(figure, small));
    static_cast<void>(akin::png_of(figure, small));
  } catch (const akin::Error&) {
  }
  return 0;
}
