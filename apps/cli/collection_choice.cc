#include "collection_choice.h"

#include "akin/base/error.h"

namespace akin::cli {
namespace {

namespace fs = std::filesystem;

bool is_new(const fs::path& folder) {
  std::error_code ignored;
  return !fs::exists(folder, ignored) || (fs::is_directory(folder, ignored) && fs::is_empty(folder, ignored));
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
  const CollectionInfo info = collection.info();
  if (own.model.empty()) own.model = info.model;
  return load_model(own, {}, context).embedder;
}

OpenCollection open_or_create(const fs::path& folder, const Common& common, Context& context) {
  if (!is_new(folder)) {
    Collection collection = Collection::open(folder, true);
    Embedder embedder = embedder_for(collection, common, context);
    return {std::move(collection), std::move(embedder)};
  }
  LoadedModel model = load_model(common, {}, context);
  Collection collection = Collection::create(folder, lasting_name(model.local), model.embedder);
  return {std::move(collection), std::move(model.embedder)};
}

}  // namespace akin::cli
