#include "akin/analysis/saved_map.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <limits>
#include <map>

#include "akin/formats/safetensors.h"
#include "base/throws.h"
#include "kept_file.h"
#include "points.h"

namespace akin {
namespace {

using analysis::blobs;
using analysis::expect_equal;
using testing::expect_error;

constexpr std::size_t kOld = 300;

Matrix<float> all_rows() { return blobs(360, 6, 4, 1, 5); }

SavedMap made(MapKind kind) {
  const Matrix<float> all = all_rows();
  const MatrixView<const float> rows = all.view().middle_rows(0, kOld);
  Context context(2);
  SavedMap map;
  map.kind = kind;
  map.model = "tiny";
  map.fingerprint = std::string(64, 'a');
  map.rows = Matrix<float>(kOld, 6);
  for (std::size_t r = 0; r < kOld; ++r) std::ranges::copy(rows.row(r), map.rows.row(r).begin());
  if (kind == MapKind::umap) {
    UmapOptions options;
    options.n_epochs = 50;
    options.repulsion = 0.1F + 0.2F;
    Umap found = umap(rows, options, context);
    map.places = std::move(found.places);
    map.umap = found.options;
    map.curve = {found.a, found.b};
  } else if (kind == MapKind::tsne) {
    TsneOptions options;
    options.n_epochs = 50;
    options.theta = 0.3;
    Tsne found = tsne(rows, options, context);
    map.places = std::move(found.places);
    map.tsne = found.options;
  } else {
    map.pca = pca(rows, {}, context);
    map.places = map.pca.transform(rows, context);
  }
  return map;
}

constexpr MapKind kKinds[] = {MapKind::umap, MapKind::tsne, MapKind::pca};

using SavedMapFile = analysis::KeptFileTest<SavedMap, write_map, read_map>;

TEST_F(SavedMapFile, PlacesAsTheMapThatWasWritten) {
  const Matrix<float> rows = all_rows();
  Context one(1), two(2);
  for (const MapKind kind : kKinds) {
    const SavedMap map = made(kind), read = again(map);
    EXPECT_EQ(read.kind, kind);
    EXPECT_EQ(read.model, "tiny");
    EXPECT_EQ(read.fingerprint, map.fingerprint);
    expect_equal(read.rows, map.rows);
    expect_equal(read.places, map.places);
    expect_equal(place_on_map(read, rows.view(), two).places, place_on_map(map, rows.view(), one).places);
  }
}

TEST(SavedMap, MovesNoneOfItsRowsAndPlacesOthersByThemselves) {
  const Matrix<float> rows = all_rows();
  Context context(2);
  for (const MapKind kind : kKinds) {
    const SavedMap map = made(kind);
    const PlacedRows placed = place_on_map(map, rows.view(), context);
    EXPECT_EQ(placed.n_known, kOld);
    EXPECT_TRUE(std::equal(map.places.data(), map.places.data() + map.places.size(), placed.places.data()));
    const PlacedRows alone = place_on_map(map, rows.view().middle_rows(kOld + 7, 1), context);
    EXPECT_EQ(alone.n_known, 0U);
    EXPECT_EQ(alone.places(0, 0), placed.places(kOld + 7, 0));
    EXPECT_EQ(alone.places(0, 1), placed.places(kOld + 7, 1));
    EXPECT_EQ(place_on_map(map, rows.view().middle_rows(0, 0), context).places.rows(), 0U);
  }
}

TEST(SavedMap, GivesEqualRowsTheirPlacesInOrder) {
  SavedMap map = made(MapKind::pca);
  std::ranges::copy(map.rows.row(3), map.rows.row(9).begin());
  map.places(9, 0) = 77;
  Matrix<float> rows(3, 6);
  for (std::size_t r = 0; r < 3; ++r) std::ranges::copy(map.rows.row(3), rows.row(r).begin());
  Context context(1);
  const PlacedRows placed = place_on_map(map, rows.view(), context);
  EXPECT_EQ(placed.n_known, 3U);
  EXPECT_EQ(placed.places(0, 0), map.places(3, 0));
  EXPECT_EQ(placed.places(1, 0), 77);
  EXPECT_EQ(placed.places(2, 0), 77);
}

TEST(SavedMap, RefusesRowsOfAnotherKind) {
  const SavedMap map = made(MapKind::pca);
  Context context(1);
  expect_error(ErrorCode::mismatch, "vectors of 4 numbers; the map's have 6",
               [&] { place_on_map(map, blobs(2, 4, 1, 1, 1).view(), context); });
  Matrix<float> rows = all_rows();
  rows(3, 1) = std::numeric_limits<float>::quiet_NaN();
  expect_error(ErrorCode::invalid_argument, "row 3", [&] { place_on_map(map, rows.view(), context); });
  check_space(map, "", "", "x");
  check_space(map, map.fingerprint, "tiny", "x");
  expect_error(ErrorCode::mismatch, "x: the map was made of vectors of tiny (aaaaaaaaaaaa), these are of huge (bbbbbbbbbbbb)",
               [&] { check_space(map, std::string(64, 'b'), "huge", "x"); });
  expect_error(ErrorCode::invalid_argument, "'mds' is no kind of map", [] { map_kind_from("mds"); });
}

TEST_F(SavedMapFile, IsRefusedWhereItIsBroken) {
  using Tensors = std::vector<TensorView>;
  using Metadata = std::map<std::string, std::string, std::less<>>;
  const auto drop = [](const std::string& name) {
    return [name](Tensors& tensors, Metadata&) { std::erase_if(tensors, [&](const TensorView& t) { return t.name == name; }); };
  };
  const auto say = [](const std::string& key, const std::string& value) {
    return [key, value](Tensors&, Metadata& metadata) { metadata[key] = value; };
  };
  const auto bytes = [](const std::string& name, std::span<const float> with, std::vector<std::size_t> shape) {
    return [=](Tensors& tensors, Metadata&) {
      for (TensorView& tensor : tensors)
        if (tensor.name == name) tensor.bytes = std::as_bytes(with), tensor.shape = shape;
    };
  };
  const SavedMap by_umap = made(MapKind::umap), by_tsne = made(MapKind::tsne), by_pca = made(MapKind::pca);
  EXPECT_EQ(broken(by_umap, say("format", "akin-head")), "no map of akin: its metadata has no \"format\": \"akin-map\"");
  EXPECT_EQ(broken(by_umap, say("version", "2")), "a map of version 2; this program reads version 1");
  EXPECT_NE(broken(by_umap, say("kind", "mds")), "");
  EXPECT_NE(broken(by_umap, say("metric", "dot")), "");
  EXPECT_NE(broken(by_umap, say("n_neighbors", "1")), "");
  EXPECT_NE(broken(by_umap, say("n_neighbors", "99999999999999999999")), "");
  EXPECT_EQ(broken(by_umap, say("n_negatives", "-1")), "metadata 'n_negatives' is not from 0 to 1000");
  EXPECT_EQ(broken(by_umap, say("learning_rate", "nan")), "metadata 'learning_rate' is not from 0 to 1e+06");
  EXPECT_EQ(broken(by_umap, say("b", "0")), "metadata 'b' is not from 0.001 to 10");
  EXPECT_NE(broken(by_umap, say("a", "inf")), "");
  EXPECT_EQ(broken(by_tsne, say("theta", "2")), "metadata 'theta' is not from 0 to 1");
  EXPECT_EQ(broken(by_umap, drop("rows")), "tensor 'rows' is missing");
  EXPECT_EQ(broken(by_tsne, drop("places")), "tensor 'places' is missing");
  EXPECT_EQ(broken(by_pca, drop("mean")), "tensor 'mean' is missing");
  const std::vector<float> some(18, 1.0F), odd(6, std::numeric_limits<float>::infinity());
  EXPECT_EQ(broken(by_umap, bytes("places", some, {9, 2})), "tensor 'places' has not two numbers for each of 'rows'");
  EXPECT_EQ(broken(by_pca, bytes("components", some, {3, 6})), "tensor 'components' has not one or two rows as wide as 'rows'");
  EXPECT_EQ(broken(by_pca, bytes("mean", odd, {6})), "tensor 'mean' has a number that is not finite");
  write_map(file(), by_umap);
  std::filesystem::resize_file(file(), std::filesystem::file_size(file()) / 2);
  expect_error(ErrorCode::corrupt, file().string(), [&] { read_map(file()); });
  expect_error(ErrorCode::not_found, "none.safetensors", [&] { read_map(folder_ / "none.safetensors"); });
}

}  // namespace
}  // namespace akin
