// The graph over a collection's vectors is brought up to date when the documents are committed already: what goes wrong with it is told and
// never undoes them. Tested by graph_refresh_test.cc.
#pragma once

#include <string>

#include "akin/base/context.h"
#include "akin/store/store.h"

namespace akin::retrieval {

/// Store::refresh_graph(). Why that failed, empty if it did not; the context's log is warned too. Throws Error{cancelled} alone.
std::string refresh_graph(Store& store, Context& context);

}  // namespace akin::retrieval
