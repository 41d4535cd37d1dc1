// Our functions as SQL sees them: with values, with NULL, and in every connection.
#include "sql_functions.h"

#include <gtest/gtest.h>

#include "sqlite.h"
#include "typed_value.h"

namespace akin::store {
namespace {

TEST(SqlFunctions, GiveANumberOrNull) {
  Connection db(":memory:", OpenMode::create);
  Statement query(db, "SELECT akin_number('-2.5'), akin_number('two'), akin_number(NULL), akin_number(7)");
  ASSERT_TRUE(query.step());
  EXPECT_EQ(query.real(0), -2.5);
  EXPECT_TRUE(query.is_null(1));
  EXPECT_TRUE(query.is_null(2));
  EXPECT_EQ(query.real(3), 7);
}

TEST(SqlFunctions, GiveTheBeginOfADateOrNull) {
  Connection db(":memory:", OpenMode::create);
  Statement query(db, "SELECT akin_time('2024-03-05'), akin_time('someday'), akin_time(NULL)");
  ASSERT_TRUE(query.step());
  EXPECT_EQ(query.integer(0), time_of("2024-03-05")->begin);
  EXPECT_TRUE(query.is_null(1));
  EXPECT_TRUE(query.is_null(2));
}

TEST(SqlFunctions, MayStandInASchema) {
  Connection db(":memory:", OpenMode::create);
  db.exec("PRAGMA trusted_schema=OFF; CREATE TABLE t(v TEXT); CREATE VIEW n AS SELECT akin_number(v) AS n FROM t");
  db.exec("INSERT INTO t VALUES('4'), ('x'), ('5')");
  EXPECT_EQ(db.integer("SELECT sum(n) FROM n", 0), 9);
}

}  // namespace
}  // namespace akin::store
