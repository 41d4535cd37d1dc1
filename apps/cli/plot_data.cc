#include "plot_data.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "akin/akin.h"
#include "akin/formats/npy.h"

namespace akin::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kMostBytes = std::size_t{256} << 20;
constexpr std::size_t kMostCells = std::size_t{1} << 24;

/// A value and where it stands, for what is said of it.
class Place {
 public:
  Place(const json& value, std::string where) : value_(&value), where_(std::move(where)) {}

  [[noreturn]] void fail(const std::string& what) const { throw Error(ErrorCode::corrupt, where_ + ": " + what); }
  [[nodiscard]] const json& value() const { return *value_; }
  [[nodiscard]] bool has(const char* name) const { return value_->is_object() && value_->contains(name); }
  [[nodiscard]] Place at(const char* name) const {
    if (!has(name)) fail(std::string("'") + name + "' is missing");
    return {value_->at(name), where_ + "." + name};
  }
  [[nodiscard]] std::vector<Place> items() const {
    if (!value_->is_array()) fail("a list is wanted");
    std::vector<Place> out;
    for (std::size_t i = 0; i < value_->size(); ++i) out.emplace_back((*value_)[i], where_ + "[" + std::to_string(i) + "]");
    return out;
  }
  /// null is what is not finite.
  [[nodiscard]] double number() const {
    if (value_->is_null()) return std::nan("");
    if (!value_->is_number()) fail("a number is wanted");
    return value_->get<double>();
  }
  [[nodiscard]] std::vector<double> numbers() const {
    std::vector<double> out;
    for (const Place& item : items()) out.push_back(item.number());
    return out;
  }
  [[nodiscard]] std::string text() const {
    if (!value_->is_string()) fail("a text is wanted");
    return value_->get<std::string>();
  }
  [[nodiscard]] std::vector<std::string> texts() const {
    std::vector<std::string> out;
    for (const Place& item : items()) out.push_back(item.text());
    return out;
  }
  [[nodiscard]] std::string text_of(const char* name) const { return has(name) ? at(name).text() : ""; }
  [[nodiscard]] double number_of(const char* name, double otherwise) const { return has(name) ? at(name).number() : otherwise; }
  [[nodiscard]] std::size_t whole(std::size_t most) const {
    const double value = number();
    if (!(value >= 0 && value <= static_cast<double>(most)) || value != std::floor(value))
      fail("a whole number from 0 to " + std::to_string(most) + " is wanted");
    return static_cast<std::size_t>(value);
  }

 private:
  const json* value_;
  std::string where_;
};

Axis axis_in(const Place& panel, const char* name) {
  if (!panel.has(name)) return {};
  const Place axis = panel.at(name);
  if (axis.value().is_string()) return {axis.text()};
  Axis out{axis.text_of("label")};
  if (!axis.has("range")) return out;
  const std::vector<double> ends = axis.at("range").numbers();
  if (ends.size() != 2) axis.at("range").fail("two numbers are wanted");
  out.range = {ends[0], ends[1]};
  return out;
}

Panel lines_in(const Place& panel) {
  LineChart chart{panel.text_of("title"), axis_in(panel, "x"), axis_in(panel, "y"), {}};
  for (const Place& series : panel.at("series").items()) {
    LineSeries line{series.text_of("label"), {}, series.at("y").numbers()};
    if (series.has("x")) {
      line.x = series.at("x").numbers();
    } else {
      for (std::size_t i = 0; i < line.y.size(); ++i) line.x.push_back(static_cast<double>(i));
    }
    if (line.x.size() != line.y.size())
      series.fail("as many x as y are wanted, found " + std::to_string(line.x.size()) + " and " + std::to_string(line.y.size()));
    chart.series.push_back(std::move(line));
  }
  if (panel.has("marks"))
    for (const Place& mark : panel.at("marks").items()) chart.marks.push_back({mark.at("x").number(), mark.text_of("label")});
  return chart;
}

Matrix<double> matrix_in(const Place& rows) {
  const std::vector<Place> items = rows.items();
  if (items.empty()) rows.fail("at least one row is wanted");
  const std::size_t cols = items.front().items().size();
  if (cols == 0 || cols > kMostCells / items.size()) rows.fail("1 to " + std::to_string(kMostCells) + " numbers are wanted");
  Matrix<double> out(items.size(), cols);
  for (std::size_t r = 0; r < items.size(); ++r) {
    const std::vector<double> row = items[r].numbers();
    if (row.size() != cols)
      items[r].fail(std::to_string(cols) + " numbers are wanted as in the first row, found " + std::to_string(row.size()));
    std::ranges::copy(row, out.row(r).begin());
  }
  return out;
}

Panel heatmap_in(const Place& panel) {
  Heatmap map{panel.text_of("title"), axis_in(panel, "x"), axis_in(panel, "y"), matrix_in(panel.at("values")),
              panel.text_of("value_label")};
  const std::string scale = panel.text_of("scale");
  if (!scale.empty() && scale != "amount" && scale != "sign") panel.at("scale").fail("'amount' or 'sign' is wanted");
  if (scale == "sign") map.scale = ColorScale::sign;
  map.first_x = panel.number_of("first_x", 0), map.first_y = panel.number_of("first_y", 0);
  if (panel.has("x_names")) map.x_names = panel.at("x_names").texts();
  if (panel.has("y_names")) map.y_names = panel.at("y_names").texts();
  return map;
}

Panel points_in(const Place& panel) {
  ScatterChart chart{panel.text_of("title"), axis_in(panel, "x"), axis_in(panel, "y"), {}};
  for (const Place& point : panel.at("points").items())
    chart.points.push_back({point.at("x").number(), point.at("y").number(), point.text_of("label"),
                            point.has("group") ? point.at("group").whole(1'000'000) : 0});
  return chart;
}

Panel tree_in(const Place& panel, double cut) {
  Dendrogram tree{panel.text_of("title"), panel.text_of("height_label"), {}, {}, cut > 0 ? cut : panel.number_of("cut", 0)};
  for (const Place& join : panel.at("joins").items()) {
    const std::vector<Place> numbers = join.items();
    if (numbers.size() < 3) join.fail("two nodes and a height are wanted");
    tree.joins.push_back({static_cast<std::uint32_t>(numbers[0].whole(kMostCells)),
                          static_cast<std::uint32_t>(numbers[1].whole(kMostCells)), numbers[2].number()});
  }
  if (panel.has("names")) tree.names = panel.at("names").texts();
  return tree;
}

/// A panel is told by what it has.
Panel panel_in(const Place& panel, const PlotFields& fields) {
  if (panel.has("series")) return lines_in(panel);
  if (panel.has("values")) return heatmap_in(panel);
  if (panel.has("points")) return points_in(panel);
  if (panel.has("joins")) return tree_in(panel, fields.cut);
  panel.fail("a panel has 'series', 'values', 'points' or 'joins' (docs/formats/figure.md)");
}

// --- what other verbs print ---

/// Lines of `akin eval ann --json`.
bool is_search_curve(const Place& record) {
  return record.has("points") && record.value()["points"].is_array() && !record.value()["points"].empty() &&
         record.value()["points"][0].contains("recall");
}
Panel search_curves(const std::vector<Place>& records) {
  const double k = records.front().number_of("k", 0);
  LineChart chart{"Graph search", {k > 0 ? "recall@" + std::to_string(static_cast<int>(k)) : "recall"}, {"queries a second"}, {}};
  for (const Place& record : records) {
    LineSeries line{fs::path(record.text_of("file")).filename().string(), {}, {}};
    for (const Place& point : record.at("points").items()) {
      line.x.push_back(point.at("recall").number());
      line.y.push_back(point.at("queries_per_second").number());
    }
    chart.series.push_back(std::move(line));
  }
  return chart;
}

/// What `akin eval classification --json` says of probabilities and mistakes.
Panel reliability_of(const Place& record) {
  LineChart chart{
      "Reliability", {"probability given", {{0, 1}}}, {"part that is right", {{0, 1}}}, {{"given", {}, {}}, {"ideal", {0, 1}, {0, 1}}}};
  for (const Place& bin : record.at("reliability").items()) {
    if (bin.number_of("n", 1) == 0) continue;
    chart.series[0].x.push_back(bin.at("mean_probability").number());
    chart.series[0].y.push_back(bin.at("accuracy").number());
  }
  return chart;
}
Panel confusion_of(const Place& record) {
  Heatmap map{"Confusion", {"given"}, {"true"}, matrix_in(record.at("confusion")), "rows"};
  if (record.has("confusion_labels")) map.x_names = map.y_names = record.at("confusion_labels").texts();
  return map;
}

/// Numbers of records by another of their numbers: `akin train lm --json`.
Panel records_panel(const std::vector<Place>& records, const PlotFields& fields) {
  std::vector<std::string> names = fields.y;
  if (names.empty())
    for (const Place& record : records)
      for (const auto& [name, value] : record.value().items())
        if (name.ends_with("loss") && value.is_number() && std::ranges::find(names, name) == names.end()) names.push_back(name);
  if (names.empty()) records.front().fail("no field ends in 'loss': name what is drawn with --y");
  const std::string x = !fields.x.empty() ? fields.x : records.front().has("step") ? "step" : "";
  LineChart chart{"", {x.empty() ? "record" : x}, {names.size() == 1 ? names.front() : ""}, {}};
  for (const std::string& name : names) {
    LineSeries line{name, {}, {}};
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (!records[i].has(name.c_str())) continue;
      line.x.push_back(x.empty() ? static_cast<double>(i) : records[i].at(x.c_str()).number());
      line.y.push_back(records[i].at(name.c_str()).number());
    }
    if (line.x.empty()) throw Error(ErrorCode::not_found, "no record has a field '" + name + "'");
    chart.series.push_back(std::move(line));
  }
  return chart;
}

Figure figure_in(const std::vector<Place>& documents, const PlotFields& fields) {
  Figure figure;
  const Place& first = documents.front();
  figure.columns = 1;
  if (documents.size() == 1 && first.has("panels")) {
    figure.title = first.text_of("title");
    for (const Place& panel : first.at("panels").items()) figure.panels.push_back(panel_in(panel, fields));
    figure.columns = first.has("columns") ? std::max<std::size_t>(first.at("columns").whole(64), 1) : 2;
  } else if (is_search_curve(first)) {
    figure.panels.push_back(search_curves(documents));
  } else if (first.has("reliability") || first.has("confusion")) {
    figure.columns = 2;
    if (first.has("reliability")) figure.panels.push_back(reliability_of(first));
    if (first.has("confusion")) figure.panels.push_back(confusion_of(first));
  } else if (documents.size() == 1 && (first.has("series") || first.has("values") || first.has("points") || first.has("joins"))) {
    figure.panels.push_back(panel_in(first, fields));
  } else {
    figure.panels.push_back(records_panel(documents, fields));
  }
  return figure;
}

std::string read_standard_input() {
  std::string text;
  std::string block(1 << 16, '\0');
  while (std::cin.read(block.data(), static_cast<std::streamsize>(block.size())) || std::cin.gcount() > 0) {
    text.append(block, 0, static_cast<std::size_t>(std::cin.gcount()));
    if (text.size() > kMostBytes) throw Error(ErrorCode::limit, "standard input: more than " + std::to_string(kMostBytes) + " bytes");
  }
  return text;
}

/// One document, or one a line.
std::vector<json> documents_in(const std::string& path) {
  const std::string text = path == "-" ? read_standard_input() : read_file(path, kMostBytes);
  if (json whole = json::parse(text, nullptr, false); !whole.is_discarded()) {
    if (whole.is_array()) return whole.get<std::vector<json>>();
    return {std::move(whole)};
  }
  std::vector<json> documents;
  std::size_t line = 0;
  for (std::size_t begin = 0; begin < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view words(text.data() + begin, end - begin);
    begin = end + 1;
    if (words.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    json document = json::parse(words, nullptr, false);
    if (document.is_discarded()) throw Error(ErrorCode::corrupt, path + ":" + std::to_string(line + 1) + ": is no JSON");
    documents.push_back(std::move(document));
  }
  return documents;
}

/// Four numbers a row are a tree (scipy's linkage matrix, `akin cluster --tree`), others a heat map.
Figure figure_of_npy(const std::string& path, const PlotFields& fields) {
  const NpyFile file(path);
  const TensorView& tensor = file.tensor();
  if (tensor.shape.size() != 2 || (tensor.type != TensorType::f64 && tensor.type != TensorType::f32))
    throw Error(ErrorCode::unsupported, path + ": a matrix of f32 or f64 is drawn");
  if (tensor.shape[0] == 0 || tensor.shape[1] == 0 || tensor.shape[0] > kMostCells / tensor.shape[1])
    throw Error(ErrorCode::limit, path + ": a matrix of 1 to " + std::to_string(kMostCells) + " numbers is drawn");
  Matrix<double> values(tensor.shape[0], tensor.shape[1]);
  for (std::size_t i = 0; i < tensor.shape[0] * tensor.shape[1]; ++i) {
    if (tensor.type == TensorType::f64) {
      std::memcpy(values.data() + i, tensor.bytes.data() + i * sizeof(double), sizeof(double));
    } else {
      float value = 0;
      std::memcpy(&value, tensor.bytes.data() + i * sizeof(float), sizeof(float));
      values.data()[i] = static_cast<double>(value);
    }
  }
  Figure figure;
  figure.columns = 1;
  const std::string name = fs::path(path).filename().string();
  if (values.cols() != 4 || tensor.type != TensorType::f64) {
    figure.panels.emplace_back(Heatmap{name, {"column"}, {"row"}, std::move(values)});
    return figure;
  }
  Dendrogram tree{name, "distance", {}, {}, fields.cut};
  for (std::size_t m = 0; m < values.rows(); ++m) {
    for (const double node : {values(m, 0), values(m, 1)})
      if (!(node >= 0 && node < static_cast<double>(2 * values.rows() + 1)))
        throw Error(ErrorCode::corrupt, path + ": row " + std::to_string(m) + " joins no two nodes");
    tree.joins.push_back({static_cast<std::uint32_t>(values(m, 0)), static_cast<std::uint32_t>(values(m, 1)), values(m, 2)});
  }
  figure.panels.emplace_back(std::move(tree));
  return figure;
}

}  // namespace

Figure read_figure(const std::string& path, const PlotFields& fields) {
  if (path.ends_with(".npy")) return figure_of_npy(path, fields);
  const std::vector<json> documents = documents_in(path);
  if (documents.empty()) throw Error(ErrorCode::corrupt, path + ": nothing to draw in it");
  std::vector<Place> places;
  const std::string name = path == "-" ? "standard input" : path;
  for (std::size_t i = 0; i < documents.size(); ++i)
    places.emplace_back(documents[i], documents.size() == 1 ? name : name + ": record " + std::to_string(i + 1));
  return figure_in(places, fields);
}

}  // namespace akin::cli
