#include "akin/analysis/saved_map.h"

#include <array>
#include <bit>
#include <cstring>
#include <map>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "akin/analysis/rows.h"
#include "akin/base/error.h"
#include "akin/formats/safetensors.h"
#include "kept_tensors.h"

namespace akin {
namespace {

using analysis::exact_text;
using analysis::KeptTensors;
using analysis::tensor_of;

constexpr char kFormat[] = "akin-map";
constexpr int kVersion = 1;
constexpr std::size_t kMostNeighbours = 100'000;

constexpr std::array<std::pair<MapKind, std::string_view>, 3> kKinds = {
    {{MapKind::umap, "umap"}, {MapKind::tsne, "tsne"}, {MapKind::pca, "pca"}}};

/// The map's rows by their bytes.
class KnownRows {
 public:
  explicit KnownRows(const Matrix<float>& rows) {
    for (std::size_t r = 0; r < rows.rows(); ++r) rows_[row_bytes(rows.view(), r)].push_back(r);
  }
  /// The row's twin, or −1.
  std::ptrdiff_t take(std::string_view row) {
    const auto found = rows_.find(row);
    if (found == rows_.end()) return -1;
    std::size_t& next = taken_[row];
    const std::size_t at = std::min(next++, found->second.size() - 1);
    return static_cast<std::ptrdiff_t>(found->second[at]);
  }

 private:
  std::unordered_map<std::string_view, std::vector<std::size_t>> rows_;
  std::unordered_map<std::string_view, std::size_t> taken_;
};

Matrix<float> place_new(const SavedMap& map, MatrixView<const float> rows, Context& context) {
  if (map.kind == MapKind::umap)
    return place_on_umap({map.places.clone(), map.umap, map.curve.a, map.curve.b}, map.rows.view(), rows, context);
  if (map.kind == MapKind::tsne) return place_on_tsne({map.places.clone(), 0, map.tsne}, map.rows.view(), rows, context);
  return map.pca.plane(rows, context);
}

std::map<std::string, std::string, std::less<>> metadata_of(const SavedMap& map) {
  std::map<std::string, std::string, std::less<>> out = {
      {"format", kFormat}, {"version", std::to_string(kVersion)}, {"kind", std::string(name_of(map.kind))}};
  if (!map.model.empty()) out["model"] = map.model;
  if (!map.fingerprint.empty()) out["fingerprint"] = map.fingerprint;
  if (map.kind == MapKind::umap) {
    out["metric"] = name_of(map.umap.metric);
    out["n_neighbors"] = std::to_string(map.umap.n_neighbors);
    out["n_negatives"] = std::to_string(map.umap.n_negatives);
    out["learning_rate"] = exact_text(static_cast<double>(map.umap.learning_rate));
    out["repulsion"] = exact_text(static_cast<double>(map.umap.repulsion));
    out["a"] = exact_text(static_cast<double>(map.curve.a));
    out["b"] = exact_text(static_cast<double>(map.curve.b));
  } else if (map.kind == MapKind::tsne) {
    out["metric"] = name_of(map.tsne.metric);
    out["theta"] = exact_text(map.tsne.theta);
  }
  return out;
}

class MapReader : KeptTensors {
 public:
  explicit MapReader(const SafetensorsFile& file) : KeptTensors(file) {}

  SavedMap read() const {
    check_format({kFormat, "map", kVersion});
    SavedMap map;
    map.kind = known("kind", map_kind_from);
    map.model = text("model");
    map.fingerprint = text("fingerprint");
    map.rows = matrix("rows");
    map.places = matrix("places");
    if (map.places.rows() != map.rows.rows() || map.places.cols() != 2) fail("tensor 'places' has not two numbers for each of 'rows'");
    if (map.kind == MapKind::umap) read_umap(map);
    if (map.kind == MapKind::tsne) {
      map.tsne.metric = metric();
      map.tsne.theta = within("theta", 0, 1);
    }
    if (map.kind == MapKind::pca) read_pca(map);
    return map;
  }

 private:
  [[nodiscard]] double within(std::string_view key, double low, double high) const {
    const auto found = number<double>(key);
    if (!(found >= low && found <= high))
      fail("metadata '" + std::string(key) + "' is not from " + exact_text(low) + " to " + exact_text(high));
    return found;
  }
  [[nodiscard]] Metric metric() const {
    const Metric found = known("metric", [](std::string_view name) { return metric_from(name); });
    if (found == Metric::dot) fail("metadata 'metric': dot products are no distances");
    return found;
  }

  void read_umap(SavedMap& map) const {
    map.umap.metric = metric();
    map.umap.n_neighbors = number<std::size_t>("n_neighbors");
    if (map.umap.n_neighbors < 2 || map.umap.n_neighbors > kMostNeighbours) fail("metadata 'n_neighbors' is not from 2 to 100,000");
    map.umap.n_negatives = static_cast<int>(within("n_negatives", 0, 1000));
    map.umap.learning_rate = static_cast<float>(within("learning_rate", 0, 1e6));
    map.umap.repulsion = static_cast<float>(within("repulsion", 0, 1e6));
    map.curve = {static_cast<float>(within("a", 0, 1e12)), static_cast<float>(within("b", 1e-3, 10))};
  }

  void read_pca(SavedMap& map) const {
    map.pca.mean = numbers("mean", map.rows.cols());
    map.pca.components = matrix("components");
    if (map.pca.components.rows() > 2 || map.pca.components.cols() != map.rows.cols())
      fail("tensor 'components' has not one or two rows as wide as 'rows'");
  }
};

}  // namespace

std::string_view name_of(MapKind kind) noexcept {
  for (const auto& [known, name] : kKinds)
    if (known == kind) return name;
  return "";
}

MapKind map_kind_from(std::string_view name) {
  for (const auto& [kind, known] : kKinds)
    if (known == name) return kind;
  throw Error(ErrorCode::invalid_argument, "'" + std::string(name) + "' is no kind of map: umap, tsne or pca");
}

SavedMap SavedMap::without_rows() const {
  SavedMap out;
  out.kind = kind;
  out.model = model;
  out.fingerprint = fingerprint;
  out.umap = umap;
  out.curve = curve;
  out.tsne = tsne;
  out.pca.mean = pca.mean;
  out.pca.components = pca.components.clone();
  return out;
}

PlacedRows place_on_map(const SavedMap& map, MatrixView<const float> rows, Context& context) {
  PlacedRows out{Matrix<float>(rows.rows(), 2), 0};
  if (rows.rows() == 0) return out;
  if (rows.cols() != map.rows.cols())
    throw Error(ErrorCode::mismatch,
                "vectors of " + std::to_string(rows.cols()) + " numbers; the map's have " + std::to_string(map.rows.cols()));
  check_rows(rows, "map", context);
  KnownRows known(map.rows);
  std::vector<std::size_t> fresh;
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    const std::ptrdiff_t twin = known.take(row_bytes(rows, r));
    if (twin < 0) {
      fresh.push_back(r);
    } else {
      std::ranges::copy(map.places.row(static_cast<std::size_t>(twin)), out.places.row(r).begin());
    }
  }
  out.n_known = rows.rows() - fresh.size();
  Matrix<float> queries(fresh.size(), rows.cols());
  for (std::size_t q = 0; q < fresh.size(); ++q) std::ranges::copy(rows.row(fresh[q]), queries.row(q).begin());
  const Matrix<float> placed = place_new(map, queries.view(), context);
  for (std::size_t q = 0; q < fresh.size(); ++q) std::ranges::copy(placed.row(q), out.places.row(fresh[q]).begin());
  return out;
}

void check_space(const SavedMap& map, std::string_view fingerprint, std::string_view model, std::string_view whose) {
  if (map.fingerprint.empty() || fingerprint.empty() || map.fingerprint == fingerprint) return;
  throw Error(ErrorCode::mismatch, std::string(whose) + ": the map was made of vectors of " + map.model + " (" +
                                       map.fingerprint.substr(0, 12) + "), these are of " + std::string(model) + " (" +
                                       std::string(fingerprint.substr(0, 12)) + "): another space, whose numbers mean something else");
}

void write_map(const std::filesystem::path& path, const SavedMap& map) {
  std::vector<TensorView> tensors = {tensor_of("rows", map.rows), tensor_of("places", map.places)};
  if (map.kind == MapKind::pca) {
    tensors.push_back(tensor_of("mean", map.pca.mean));
    tensors.push_back(tensor_of("components", map.pca.components));
  }
  write_safetensors(path, tensors, metadata_of(map));
}

SavedMap read_map(const std::filesystem::path& path) { return MapReader(*open_safetensors(path)).read(); }

SavedMap read_map(std::span<const std::byte> bytes, const std::filesystem::path& name) {
  return MapReader(*view_safetensors(bytes, name)).read();
}

}  // namespace akin
