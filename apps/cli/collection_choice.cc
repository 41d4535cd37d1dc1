#include "collection_choice.h"

#include <optional>

#include "akin/base/error.h"
#include "akin/retrieval/vector_transfer.h"

namespace akin::cli {
namespace {

namespace fs = std::filesystem;

bool is_new(const fs::path& folder) {
  std::error_code ignored;
  return !fs::exists(folder, ignored) || (fs::is_directory(folder, ignored) && fs::is_empty(folder, ignored));
}

/// Nothing where there is no collection, or one whose creation was interrupted.
std::optional<Collection> open_if_there(const fs::path& folder) {
  if (is_new(folder)) return std::nullopt;
  try {
    return Collection::open(folder, true);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
    return std::nullopt;
  }
}

}  // namespace

fs::path collection_to_write(const std::string& given) {
  if (!given.empty()) return given;
  const fs::path found = Collection::find_upward(fs::current_path());
  return found.empty() ? fs::path(".akin") : found;
}

fs::path collection_to_read(const std::string& given) {
  if (!given.empty()) return given;
  fs::path found = Collection::find_upward(fs::current_path());
  if (found.empty()) throw Error(ErrorCode::not_found, "no collection here or above; 'akin index PATH' makes one, -c DIR names another");
  return found;
}

Embedder embedder_for(const Collection& collection, const Common& common, Context& context) {
  Common own = common;
  const CollectionInfo info = collection.space();
  if (common.model.empty() && info.model.starts_with(kForeignSpace))
    throw Error(ErrorCode::mismatch, info.path.string() + ": holds vectors of '" + info.model.substr(kForeignSpace.size()) +
                                         "' that were imported, and no model to make more; search it by --vector FILE or by --mode text");
  if (own.model.empty()) own.model = info.model;
  if (!own.precision_given) own.precision = name_of(info.precision);
  if (!own.pooling_given) own.pooling = name_of(info.word_pooling);
  return load_model(own, {}, context).embedder;
}

OpenCollection open_or_create(const fs::path& folder, const Common& common, Context& context) {
  if (std::optional<Collection> collection = open_if_there(folder)) {
    Embedder embedder = embedder_for(*collection, common, context);
    return {std::move(*collection), std::move(embedder)};
  }
  LoadedEmbedder model = load_model(common, {}, context);
  Collection collection = Collection::create(folder, lasting_name(model.source), model.embedder);
  return {std::move(collection), std::move(model.embedder)};
}

std::string shown_path(const std::string& path) {
  const std::string here = fs::current_path().string() + "/";
  return path.starts_with(here) ? path.substr(here.size()) : path;
}

}  // namespace akin::cli
