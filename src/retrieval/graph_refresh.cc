#include "graph_refresh.h"

#include <new>

#include "akin/base/error.h"

namespace akin::retrieval {
namespace {

std::string told(const std::string& why, Context& context) {
  context.warn("the graph was not brought up to date, searches go without what it lacks: " + why);
  return why;
}

}  // namespace

std::string refresh_graph(Store& store, Context& context) {
  try {
    store.refresh_graph(context);
    return {};
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled) throw;
    return told(error.what(), context);
  } catch (const std::bad_alloc&) {
    return told(store.folder().string() + ": there is not memory enough to make it", context);
  }
}

}  // namespace akin::retrieval
