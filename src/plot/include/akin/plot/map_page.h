// A map as one HTML file that works from a disk without a network: pan and zoom, texts under the pointer, colours by field, search, a lasso
// whose rows can be saved, in light and dark; a hundred thousand points with WebGL. It holds its own few hundred lines of script
// (src/plot/page) and no library, and its content security policy lets nothing else run and nothing be asked for. Tested by
// map_page_test.cc, and in a browser by tests/end_to_end/map_page_test.py.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "akin/base/matrix.h"

namespace akin {

/// What each row says under a name: "" where nothing. Few different values are groups with colours and a legend, numbers have a scale of
/// colours, all else is shown with its row.
struct MapField {
  std::string name;
  std::vector<std::string> values;
  bool are_kinds = false;  ///< numbers are names of groups too
};

enum class PageTheme { automatic, light, dark };  ///< automatic: as the reader's system has it

struct MapPage {
  std::string title, about;                ///< about: a line of how it was made
  MatrixView<const float> points;          ///< (n, 2); kept to 1/65535 of the map's width and height
  std::vector<std::string> names;          ///< where each row is from
  std::vector<std::string> texts = {};     ///< empty: there are none
  std::vector<std::string> pictures = {};  ///< paths, best relative to the page; empty: there are none
  std::vector<MapField> fields = {};
  std::string color_by = {};  ///< the field whose colours are shown first; "": none
  PageTheme theme = PageTheme::automatic;
};

/// The file. Texts are data in it, whatever is in them. The same page gives the same bytes. Throws Error{invalid_argument} for no points,
/// points that are not finite, lists that have not an entry a row, two fields of one name, and a color_by that is no field.
std::string html_of(const MapPage& page);
/// Writes html_of(); whole file or nothing. Throws Error{io} too.
void save_map_page(const std::filesystem::path& path, const MapPage& page);

}  // namespace akin
