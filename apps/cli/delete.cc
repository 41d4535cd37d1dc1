#include <memory>
#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "collection_choice.h"
#include "terminal.h"
#include "verbs.h"
#include "where.h"

namespace akin::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::vector<std::string> uris;
  std::string collection;
  std::vector<std::string> where;
};

/// Documents of files are known by absolute paths, imported ones by what they were given.
std::size_t remove_one(Collection& collection, const std::string& given) {
  if (const std::size_t n = collection.remove(given); n > 0) return n;
  const std::string path = fs::absolute(given).lexically_normal().string();
  const std::size_t n = path == given ? 0 : collection.remove(path);
  if (n == 0) throw Error(ErrorCode::not_found, "'" + given + "': no document of the collection is, or lies under, this");
  return n;
}

int run(const Options& options, const Common& common) {
  if (options.uris.empty() && options.where.empty()) throw UsageError("name documents, or give --where");
  Collection collection = Collection::open(collection_to_read(options.collection), true);
  std::size_t n_removed = 0;
  for (const std::string& uri : options.uris) n_removed += remove_one(collection, uri);
  if (!options.where.empty()) n_removed += collection.remove_where(read_where(options.where));
  const CollectionInfo info = collection.info();
  if (common.json) {
    print_json({{"collection", info.path.string()}, {"n_removed", n_removed}, {"n_documents", info.n_documents}});
  } else {
    print(bold(grouped(n_removed) + (n_removed == 1 ? " document" : " documents")) + " removed; " + shown_path(info.path.string()) + ": " +
          grouped(info.n_documents) + " documents, " + grouped(info.n_chunks) + " chunks, " + bytes_text(info.n_bytes) + "\n");
  }
  return 0;
}

}  // namespace

Run add_delete(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  verb.add_option("uri", options->uris, "Documents: a file, a folder with all below it, a record (FILE#ID)")->type_name("URI");
  add_where_option(verb, options->where);
  verb.add_option("-c,--collection", options->collection, "The collection's folder; default: .akin here or above")->type_name("DIR");
  return [options, &common](Context&) { return run(*options, common); };
}

}  // namespace akin::cli
