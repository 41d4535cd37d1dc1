#include "bulk_insert.h"

#include "akin/base/error.h"

namespace akin::store {

BulkInsert::BulkInsert(Connection& connection, std::string_view into, std::string_view row, std::size_t n_rows)
    : connection_(connection), into_(into), row_(row), n_left_(n_rows) {}

Statement& BulkInsert::current() {
  if (n_pending_ == 0) {
    require(n_left_ > 0, "BulkInsert: more rows than were announced");
    n_at_once_ = n_left_ >= kRowsOfAStatement ? kRowsOfAStatement : 1;
    std::optional<Statement>& statement = n_at_once_ == 1 ? one_ : many_;
    if (!statement) {
      std::string sql = into_ + row_;
      for (std::size_t i = 1; i < n_at_once_; ++i) sql += "," + row_;
      statement.emplace(connection_, sql);
    }
  }
  return n_at_once_ == 1 ? *one_ : *many_;
}

void BulkInsert::added() {
  if (++n_pending_ < n_at_once_) return;
  (n_at_once_ == 1 ? *one_ : *many_).run();
  n_left_ -= n_at_once_;
  n_pending_ = 0;
  n_bound_ = 0;
}

}  // namespace akin::store
