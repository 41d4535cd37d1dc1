// A map with what it was made of, kept in a file, so that rows that come later find their places on it and those that were there stay where
// they are. The file: docs/formats/map.md. Tested by saved_map_test.cc.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "akin/analysis/pca.h"
#include "akin/analysis/tsne.h"
#include "akin/analysis/umap.h"
#include "akin/base/context.h"
#include "akin/base/matrix.h"

namespace akin {

enum class MapKind { umap, tsne, pca };
/// "umap", "tsne", "pca".
std::string_view name_of(MapKind kind) noexcept;
/// Throws Error{invalid_argument} listing the names.
MapKind map_kind_from(std::string_view name);

struct SavedMap {
  MapKind kind = MapKind::umap;
  std::string model, fingerprint;  ///< of the rows; "" where nothing told
  Matrix<float> rows;              ///< (n, dim)
  Matrix<float> places;            ///< (n, 2)
  UmapOptions umap;                ///< of umap, without labels
  UmapCurve curve;                 ///< of umap
  TsneOptions tsne;                ///< of tsne
  Pca pca;                         ///< of pca: mean and components

  /// A copy of all but rows and places.
  [[nodiscard]] SavedMap without_rows() const;
};

/// Where rows stand on a map.
struct PlacedRows {
  Matrix<float> places;     ///< (rows, 2)
  std::size_t n_known = 0;  ///< rows that the map has
};

/// A row of the map's (equal to the last bit) stands where it stands there; of several equal ones the first where the first stands, and so
/// on, the last place for any more. Others are placed by place_on_umap, place_on_tsne or along the components: by themselves, whatever
/// comes with them. Throws Error{mismatch} for rows of another width, Error{invalid_argument} for numbers that are not finite,
/// Error{cancelled}.
PlacedRows place_on_map(const SavedMap& map, MatrixView<const float> rows, Context& context);

/// Throws Error{mismatch} naming both models if map and vectors are of spaces known to differ. `whose` begins the message.
void check_space(const SavedMap& map, std::string_view fingerprint, std::string_view model, std::string_view whose);

/// Whole file or nothing. Throws Error{io}.
void write_map(const std::filesystem::path& path, const SavedMap& map);
/// Throws Error{not_found}, Error{corrupt} naming what is wrong, Error{unsupported} for a later version.
SavedMap read_map(const std::filesystem::path& path);
/// The same from bytes; `name` stands for the file in messages.
SavedMap read_map(std::span<const std::byte> bytes, const std::filesystem::path& name);

}  // namespace akin
