#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "plot_data.h"
#include "terminal.h"
#include "verbs.h"

namespace akin::cli {
namespace {

struct Options {
  std::string file, title, theme = "light";
  std::vector<std::string> outs;
  PlotFields fields;
  double width = 460, height = 330;
};

int run(const Options& options, const Common& common) {
  check_choice("--theme", options.theme, {"light", "dark"});
  for (const std::string& out : options.outs) check_picture_name(out);
  Figure figure = read_figure(options.file, options.fields);
  if (!options.title.empty()) figure.title = options.title;
  FigureStyle style;
  style.theme = options.theme == "dark" ? Theme::dark : Theme::light;
  style.panel_width = options.width, style.panel_height = options.height;
  nlohmann::json files = nlohmann::json::array();
  for (const std::string& out : options.outs) {
    save_figure(out, figure, style);
    files.push_back({{"path", out}, {"bytes", std::filesystem::file_size(out)}});
    if (!common.json) print(out + ": written, " + bytes_text(files.back().at("bytes").get<std::uint64_t>()) + "\n");
  }
  if (common.json) print_json({{"source", options.file}, {"n_panels", figure.panels.size()}, {"files", std::move(files)}});
  return 0;
}

}  // namespace

Run add_plot(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  verb.add_option(
          "file", options->file,
          "A figure as JSON (docs/formats/figure.md), what eval ann, eval classification or train lm print with --json, JSON lines of "
          "numbers, or .npy: a tree (cluster --tree) or a matrix; - for standard input")
      ->type_name("FILE|-")
      ->required();
  verb.add_option("-o,--out", options->outs, "Where to: .svg or .png; may be given several times")
      ->type_name("FILE")
      ->expected(1)
      ->take_all()
      ->required();
  verb.add_option("--x", options->fields.x, "Of lines of numbers: the field along; default: step, or the line's place")->type_name("FIELD");
  verb.add_option("--y", options->fields.y, "Of lines of numbers: a field drawn; may be given several times; default: what ends in loss")
      ->type_name("FIELD")
      ->expected(1)
      ->take_all();
  verb.add_option("--cut", options->fields.cut, "Of a tree: the height at which it is cut into groups")
      ->type_name("X")
      ->check(CLI::NonNegativeNumber);
  verb.add_option("--title", options->title, "Above all of it")->type_name("TEXT");
  verb.add_option("--theme", options->theme, "light or dark")->capture_default_str()->type_name("NAME");
  verb.add_option("--width", options->width, "Of a panel, in points (a PNG has two pixels a point)")
      ->capture_default_str()
      ->check(CLI::Range(100, 4000))
      ->type_name("N");
  verb.add_option("--height", options->height, "Of a panel")->capture_default_str()->check(CLI::Range(100, 4000))->type_name("N");
  return [options, &common](Context&) { return run(*options, common); };
}

}  // namespace akin::cli
