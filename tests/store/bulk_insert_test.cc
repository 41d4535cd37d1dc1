// Rows by sixteen and one at a time come to the same table as rows one by one.
#include "bulk_insert.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/throws.h"

namespace akin::store {
namespace {

class BulkInsertTest : public ::testing::Test {
 protected:
  BulkInsertTest() { db_.exec("CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, c INTEGER)"); }
  Connection db_{":memory:", OpenMode::create};
};

TEST_F(BulkInsertTest, PutsEveryRowOnce) {
  for (const std::size_t n : {0, 1, 15, 16, 17, 32, 100}) {
    db_.exec("DELETE FROM t");
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < n; ++i) texts.push_back("row " + std::to_string(i));
    BulkInsert rows(db_, "INSERT INTO t(a, b, c) VALUES", "(?, ?, nullif(?, 0))", n);
    for (std::size_t i = 0; i < n; ++i) rows.add(i + 1, std::string_view(texts[i]), i % 3);
    EXPECT_EQ(db_.integer("SELECT count(*) FROM t", -1), static_cast<std::int64_t>(n));
    EXPECT_EQ(db_.integer("SELECT count(*) FROM t WHERE b = 'row ' || (a - 1) AND coalesce(c, 0) = (a - 1) % 3", -1),
              static_cast<std::int64_t>(n));
  }
}

TEST_F(BulkInsertTest, RefusesMoreThanWasAnnounced) {
  BulkInsert rows(db_, "INSERT INTO t(a, b, c) VALUES", "(?, ?, ?)", 1);
  rows.add(1, std::string_view("x"), 0);
  testing::expect_error(ErrorCode::invalid_argument, "announced", [&] { rows.add(2, std::string_view("y"), 0); });
}

TEST_F(BulkInsertTest, ThrowsWhatSqliteSays) {
  BulkInsert rows(db_, "INSERT INTO t(a, b, c) VALUES", "(?, ?, ?)", 2);
  rows.add(1, std::string_view("x"), 0);
  testing::expect_error(ErrorCode::invalid_argument, "UNIQUE", [&] { rows.add(1, std::string_view("y"), 0); });
}

}  // namespace
}  // namespace akin::store
