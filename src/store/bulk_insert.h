// Many rows into one table, sixteen to a statement: beginning and ending a statement takes longer than the row. Tested by
// bulk_insert_test.cc.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "sqlite.h"

namespace akin::store {

class BulkInsert {
 public:
  /// `into`: "INSERT INTO table(a, b) VALUES"; `row`: "(?, ?)", what is put for each row; add() will be called `n_rows` times. What rows
  /// are bound to must live until they are written: until the last add() at the latest.
  BulkInsert(Connection& connection, std::string_view into, std::string_view row, std::size_t n_rows);

  template <class... Values>
  void add(const Values&... values) {
    Statement& statement = current();
    (statement.bind_at(++n_bound_, values), ...);
    added();
  }

 private:
  static constexpr std::size_t kRowsOfAStatement = 16;

  Statement& current();
  void added();

  Connection& connection_;
  std::string into_, row_;
  std::size_t n_left_;
  std::size_t n_pending_ = 0, n_at_once_ = 0;  // rows bound, and rows of the statement
  int n_bound_ = 0;
  std::optional<Statement> many_, one_;
};

}  // namespace akin::store
