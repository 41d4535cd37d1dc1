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

TEST(SqlFunctions, PutIdsOfAllRowsIntoAList) {
  Connection db(":memory:", OpenMode::create);
  db.exec("CREATE TABLE t(a, b); INSERT INTO t VALUES(3, 30), (1, 10), (2, 20)");
  std::vector<std::uint64_t> ids;
  Statement query(db, "SELECT akin_collect(?1, a, b) FROM t WHERE a <> ?2");
  query.bind_list_at(1, ids);
  query.bind_at(2, 1);
  query.run();
  EXPECT_EQ(ids, (std::vector<std::uint64_t>{3, 30, 2, 20}));
  Statement without(db, "SELECT akin_collect(?1, a) FROM t");
  EXPECT_NO_THROW(without.run()) << "nothing is bound, nothing happens";
}

}  // namespace
}  // namespace akin::store
