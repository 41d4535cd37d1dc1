#include "map_output.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <numeric>

#include "akin/akin.h"
#include "akin/base/atomic_file.h"
#include "akin/formats/npy.h"
#include "csv_cell.h"
#include "terminal.h"

namespace akin::cli {
namespace {

namespace fs = std::filesystem;

// Groups of a picture: as many as it has colours and a legend has room for; a page takes all.
constexpr std::size_t kMostGroups = 40;

std::string ending_of(const std::string& path) { return fs::path(path).extension().string(); }

std::string title_of(const PlacedMap& map, const MapView& view) {
  if (!view.title.empty()) return view.title;
  if (map.items.source == "-") return "Standard input";
  const fs::path source(map.items.source);
  // A collection's folder is called like the next one's: its parent says more.
  const fs::path name = source.filename() == ".akin" ? fs::absolute(source).lexically_normal().parent_path().filename() : source.filename();
  return shortened(name.empty() ? map.items.source : name.string(), 80);
}

std::string caption_of(const PlacedMap& map) {
  const std::string what = map.items.are_pictures ? "pictures" : map.items.texts.empty() ? "vectors" : "texts";
  std::string caption = grouped(map.items.size()) + " " + what;
  if (!map.items.model.empty()) caption += " by " + fs::path(map.items.model).filename().string();
  return caption + ", " + map.made_by;
}

MapChart chart_of(const PlacedMap& map, const MapView& view) {
  MapChart chart;
  chart.title = title_of(map, view);
  chart.caption = caption_of(map);
  chart.points = map.points.clone();
  chart.values = map.amounts();
  if (!chart.values.empty()) {
    chart.value_label = map.color_by;
  } else if (!map.colors.empty()) {
    ValueGroups found = group_by_value(map.colors, kMostGroups);
    chart.groups = std::move(found.groups);
    chart.group_names = std::move(found.names);
  }
  chart.outline = view.outline == "hull" ? Outline::hull : view.outline == "density" ? Outline::density : Outline::none;
  return chart;
}

void write_picture(const std::string& path, const PlacedMap& map, const MapView& view) {
  Figure figure;
  figure.columns = 1;
  MapChart chart = chart_of(map, view);
  FigureStyle style;
  style.theme = view.theme == "dark" ? Theme::dark : Theme::light;
  style.panel_width = view.width;
  style.panel_height = fitting_height(chart, view.width);
  figure.panels.emplace_back(std::move(chart));
  save_figure(path, figure, style);
}

/// The fields that rows have, in the order in which they first come, with "" where a row lacks one.
std::vector<MapField> fields_of(const PlacedMap& map) {
  std::vector<MapField> fields;
  if (!map.colors.empty()) fields.push_back({map.color_by, map.colors, map.are_kinds});
  std::map<std::string, std::size_t> place;
  for (std::size_t row = 0; row < map.items.fields.size(); ++row) {
    for (const auto& [name, value] : map.items.fields[row]) {
      if (name == map.color_by) continue;
      const auto [at, is_new] = place.emplace(name, fields.size());
      if (is_new) fields.push_back({name, std::vector<std::string>(map.items.size()), name == map.items.label_field});
      fields[at->second].values[row] = value;
    }
  }
  return fields;
}

void write_page(const std::string& path, const PlacedMap& map, const MapView& view) {
  MapPage page{title_of(map, view), caption_of(map), map.points.view(), map.items.names, map.items.texts};
  page.fields = fields_of(map);
  page.color_by = map.color_by;
  page.theme = view.theme == "dark" ? PageTheme::dark : view.theme == "light" ? PageTheme::light : PageTheme::automatic;
  if (map.items.are_pictures) {
    const fs::path folder = fs::absolute(path).lexically_normal().parent_path();
    for (const std::string& picture : map.items.names)
      page.pictures.push_back(fs::absolute(picture).lexically_normal().lexically_proximate(folder).generic_string());
  }
  save_map_page(path, page);
}

void write_table(const std::string& path, const PlacedMap& map) {
  AtomicFile file(path);
  const bool as_csv = ending_of(path) == ".csv", has_colors = !map.colors.empty(), has_texts = !map.items.texts.empty();
  if (as_csv) file.write(std::string("name,x,y") + (has_colors ? "," + csv_cell(map.color_by) : "") + (has_texts ? ",text" : "") + "\n");
  for (std::size_t r = 0; r < map.items.size(); ++r) {
    nlohmann::json record = {{"name", map.items.names[r]}, {"x", map.points(r, 0)}, {"y", map.points(r, 1)}};
    if (as_csv) {
      file.write(csv_cell(map.items.names[r]) + "," + record["x"].dump() + "," + record["y"].dump() +
                 (has_colors ? "," + csv_cell(map.colors[r]) : "") + (has_texts ? "," + csv_cell(map.items.texts[r]) : "") + "\n");
      continue;
    }
    if (has_colors) record[record.contains(map.color_by) ? "group" : map.color_by] = map.colors[r];
    if (has_texts) record["text"] = map.items.texts[r];
    file.write(json_text(record) + "\n");
  }
  file.commit();
}

void write_npy(const std::string& path, const PlacedMap& map) {
  NpyWriter writer(path, TensorType::f32, {2});
  writer.append(std::as_bytes(std::span(map.points.data(), map.points.rows() * 2)));
  writer.commit();
}

/// The rows are in memory twice while it is written.
void write_for_later(const std::string& path, const PlacedMap& map, const MapView&) {
  SavedMap saved = map.made.without_rows();
  saved.model = map.items.model;
  saved.fingerprint = map.items.fingerprint;
  saved.rows = map.items.vectors.clone();
  saved.places = map.points.clone();
  akin::write_map(path, saved);
}

using Write = void (*)(const std::string& path, const PlacedMap& map, const MapView& view);
constexpr std::pair<const char*, Write> kWriters[] = {
    {".html", write_page},
    {".svg", write_picture},
    {".png", write_picture},
    {".csv", [](const std::string& path, const PlacedMap& map, const MapView&) { write_table(path, map); }},
    {".jsonl", [](const std::string& path, const PlacedMap& map, const MapView&) { write_table(path, map); }},
    {".safetensors", write_for_later},
    {".npy", [](const std::string& path, const PlacedMap& map, const MapView&) { write_npy(path, map); }}};

Write writer_of(const std::string& path) {
  for (const auto& [ending, write] : kWriters)
    if (ending_of(path) == ending) return write;
  return nullptr;
}

}  // namespace

void check_map_outputs(const std::vector<std::string>& paths, const MapView& view) {
  for (const std::string& path : paths)
    if (writer_of(path) == nullptr)
      throw UsageError("--out: a map is written to .html, .svg, .png, .csv, .jsonl, .npy or .safetensors, not to '" + path + "'");
  check_choice("--theme", view.theme, {"auto", "light", "dark"});
  check_choice("--outline", view.outline, {"none", "hull", "density"});
}

std::vector<WrittenFile> write_maps(const std::vector<std::string>& paths, const PlacedMap& map, const MapView& view) {
  std::vector<WrittenFile> files;
  for (const std::string& path : paths) {
    writer_of(path)(path, map, view);
    files.push_back({path, fs::file_size(path)});
  }
  return files;
}

void print_map(const PlacedMap& map, const std::vector<WrittenFile>& files, bool as_json) {
  const ValueGroups groups = group_by_value(map.colors, map.colors.size());
  if (!as_json) {
    print(caption_of(map) + ", " + seconds_text(map.about.at("seconds").get<double>()) + "\n");
    if (!map.amounts().empty()) {
      print("coloured by " + map.color_by + ": numbers from " + groups.names.front() + " to " + groups.names.back() + "\n");
    } else if (!groups.names.empty()) {
      print("coloured by " + map.color_by + ": " + grouped(groups.names.size()) + " groups\n");
    }
    for (const WrittenFile& file : files) print(file.path + ": written, " + bytes_text(file.bytes) + "\n");
    return;
  }
  nlohmann::json json = map.about;
  json.update({{"source", map.items.source}, {"n", map.items.size()}, {"dim", map.items.vectors.cols()}});
  if (!map.items.model.empty()) json["model"] = map.items.model;
  if (!map.items.fingerprint.empty()) json["fingerprint"] = map.items.fingerprint;
  if (!map.color_by.empty()) json["color_by"] = map.color_by;
  std::vector<std::size_t> sizes(groups.names.size());
  for (const std::int32_t group : groups.groups)
    if (group >= 0) ++sizes[static_cast<std::size_t>(group)];
  json["groups"] = nlohmann::json::array();
  for (std::size_t g = 0; g < sizes.size(); ++g) json["groups"].push_back({{"name", groups.names[g]}, {"size", sizes[g]}});
  json["files"] = nlohmann::json::array();
  for (const WrittenFile& file : files) json["files"].push_back({{"path", file.path}, {"bytes", file.bytes}});
  print_json(json);
}

}  // namespace akin::cli
