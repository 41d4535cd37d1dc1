// A StoreFilter as SQL: the ids of the documents that pass all its conditions. Values are bound, never written into the text.
// Tested by document_filter_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "akin/store/store.h"
#include "sqlite.h"

namespace akin::store {

class DocumentFilter {
 public:
  /// `where` must outlive the filter. Throws Error{limit} for more than 100 conditions.
  explicit DocumentFilter(const StoreFilter& where);

  [[nodiscard]] bool keeps_all() const noexcept { return where_->empty(); }
  /// A SELECT of document ids whose parameters are ?first, ?first+1, …; not to be used if keeps_all().
  [[nodiscard]] std::string sql(int first) const;
  void bind(Statement& statement, int first) const;
  /// Ids of the chunks that pass, ascending.
  [[nodiscard]] std::vector<std::uint64_t> chunk_ids(Connection& connection) const;

 private:
  const StoreFilter* where_;
};

}  // namespace akin::store
