// Which collection a verb works on, and the model that belongs to it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "akin/retrieval/collection.h"
#include "command.h"

namespace akin::cli {

/// `given`, else the nearest .akin at or above the current folder, else a new .akin in the current folder.
std::filesystem::path collection_to_write(const std::string& given);
/// `given`, else the nearest .akin. Throws Error{not_found} saying how to make one.
std::filesystem::path collection_to_read(const std::string& given);

struct OpenCollection {
  Collection collection;
  Embedder embedder;
};
/// Opens for writing with the model that it was made with (or common.model, which must be of the same vector space); a folder that is new
/// or empty becomes a collection of common.model.
OpenCollection open_or_create(const std::filesystem::path& folder, const Common& common, Context& context);

/// The embedder for an open collection: common.model if given, else the collection's own.
Embedder embedder_for(const Collection& collection, const Common& common, Context& context);

/// A document's absolute path, or a line that begins with one, as a person here would write it: relative if it lies below.
std::string shown_path(const std::string& path);

}  // namespace akin::cli
