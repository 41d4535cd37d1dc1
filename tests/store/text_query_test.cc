// What people type becomes an expression that FTS5 takes, whatever characters are in it, and that means what they meant.
#include "text_query.h"

#include <gtest/gtest.h>

#include "akin/base/rng.h"
#include "sqlite.h"

namespace akin::store {
namespace {

using Terms = std::vector<std::string>;

/// A full-text table like the collection's, with three texts.
class TextQuery : public ::testing::Test {
 protected:
  TextQuery() : db_(":memory:", OpenMode::create) {
    db_.exec("CREATE VIRTUAL TABLE t USING fts5(title, body, tokenize='akin')");
    db_.exec(
        "INSERT INTO t(rowid, title, body) VALUES(1, 'Whales', 'The blue whale is the largest animal'),"
        "(2, 'Ships', 'A whale ship sails the blue sea, NOT the lake'), (3, 'Cafés', 'Größe 日本語 naïve or not')");
  }

  /// Ids of the texts that match; fails the test if FTS5 refuses the expression.
  std::vector<std::int64_t> matches(std::string_view query) {
    const std::string expression = match_expression(query);
    std::vector<std::int64_t> ids;
    if (expression.empty()) return ids;
    try {
      Statement search(db_, "SELECT rowid FROM t WHERE t MATCH ?1 ORDER BY rowid");
      search.bind(std::string_view(expression));
      while (search.step()) ids.push_back(search.integer(0));
    } catch (const std::exception& error) {
      ADD_FAILURE() << "'" << query << "' became " << expression << ": " << error.what();
    }
    return ids;
  }

  Connection db_;
};

using Ids = std::vector<std::int64_t>;

TEST_F(TextQuery, LooksForAnyOfTheWords) {
  EXPECT_EQ(query_terms("Blue  whale"), (Terms{"blue", "whale"}));
  EXPECT_EQ(match_expression("Blue  whale"), "\"blue\" OR \"whale\"");
  EXPECT_EQ(matches("animal lake"), (Ids{1, 2}));
  EXPECT_EQ(matches("submarine"), Ids{});
}

TEST_F(TextQuery, LooksForAQuotedPhraseAsOne) {
  EXPECT_EQ(query_terms("sea \"Blue, whale\""), (Terms{"sea", "blue whale"}));
  EXPECT_EQ(matches("\"blue whale\""), Ids{1});
  EXPECT_EQ(matches("\"whale blue\""), Ids{});
  EXPECT_EQ(query_terms("\"to be or not\" ship"), (Terms{"to be or not", "ship"}));
}

TEST_F(TextQuery, TakesALoneQuotationMarkForNothing) {
  EXPECT_EQ(query_terms("27\" screen"), (Terms{"27", "screen"}));
  EXPECT_EQ(query_terms("\""), Terms{});
  EXPECT_EQ(query_terms("\"\" \"  \" \"\"\""), Terms{});
  EXPECT_EQ(query_terms("\"blue whale\" \"sea"), (Terms{"blue whale", "sea"}));
}

TEST_F(TextQuery, LeavesStopWordsOutUnlessThereAreNoOthers) {
  EXPECT_EQ(query_terms("What is the largest animal?"), (Terms{"largest", "animal"}));
  EXPECT_EQ(query_terms("to be or not to be"), (Terms{"to", "be", "or", "not"}));
  EXPECT_EQ(query_terms("THE"), Terms{"the"});
}

TEST_F(TextQuery, DoesNotObeyTheSyntaxOfFts5) {
  EXPECT_EQ(matches("animal AND lake"), (Ids{1, 2}));
  EXPECT_EQ(matches("whale NOT ship"), (Ids{1, 2}));
  EXPECT_EQ(matches("title:whale"), (Ids{1, 2}));
  EXPECT_EQ(matches("ani*"), Ids{});
  for (const char* query : {"*",
                            "a* b*",
                            "^whale",
                            "title : whale",
                            "{title body} : whale",
                            "-title:x",
                            "NEAR(blue whale, 2)",
                            "(blue",
                            "blue)",
                            "AND",
                            "OR OR",
                            "NOT",
                            "NEAR",
                            "'; DROP TABLE t; --",
                            "a+b",
                            "\\",
                            "%_",
                            "[x](y)",
                            "{",
                            "}",
                            ",",
                            "@#$%^&*()",
                            "?1",
                            "whale\"*",
                            "\"a\" + \"b\""}) {
    matches(query);
  }
  EXPECT_EQ(db_.integer("SELECT count(*) FROM t", 0), 3);
}

TEST_F(TextQuery, KnowsLettersBeyondAscii) {
  EXPECT_EQ(matches("größe"), Ids{3});
  EXPECT_EQ(matches("cafes"), Ids{3});
  EXPECT_EQ(matches("日本語"), Ids{3});
  EXPECT_EQ(matches("“whale” — ‘lake’"), (Ids{1, 2}));
  EXPECT_EQ(matches("—"), Ids{});
}

TEST_F(TextQuery, LooksForGroupsOfCharactersWhereThereAreNoSpaces) {
  EXPECT_EQ(query_terms("日本語 whale"), (Terms{"日本", "本語", "whale"}));
  EXPECT_EQ(match_expression("日本語"), "\"日本\" OR \"本語\"");
  EXPECT_EQ(match_expression("猫"), "\"猫\"*") << "the beginning of a group";
  EXPECT_EQ(match_expression("ไท ไทย"), "\"ไท\"* OR \"ไทย\"");
  EXPECT_EQ(match_expression("\"Java 日本語 猫\""), "\"java 日本語 猫\"*");
  EXPECT_EQ(matches("本"), Ids{3});
  EXPECT_EQ(matches("本日"), Ids{});
}

TEST_F(TextQuery, MakesSomethingThatFts5TakesOfAnyBytes) {
  Rng rng(7);
  for (int round = 0; round < 3000; ++round) {
    std::string query(rng.below(40), ' ');
    for (char& c : query) c = static_cast<char>(rng.below(round % 2 == 0 ? 256 : 128));
    matches(query);
    const std::size_t at = rng.below(query.size() + 1);
    matches(query.insert(at, "\""));
  }
}

TEST_F(TextQuery, RepeatsNoTerm) { EXPECT_EQ(query_terms("whale Whale \"whale\" WHALE ship"), (Terms{"whale", "ship"})); }

TEST_F(TextQuery, KeepsTheFirst128Terms) {
  std::string query;
  for (int i = 0; i < 1000; ++i) query += "w" + std::to_string(i) + " ";
  const Terms terms = query_terms(query);
  ASSERT_EQ(terms.size(), 128u);
  EXPECT_EQ(terms.front(), "w0");
  EXPECT_EQ(terms.back(), "w127");
  EXPECT_EQ(matches(query + "whale"), Ids{});
  EXPECT_EQ(matches("whale " + query), (Ids{1, 2}));
}

TEST_F(TextQuery, FindsNothingInNothing) {
  for (const char* query : {"", " ", "\t\n", "?!.", "()"}) EXPECT_EQ(match_expression(query), "") << query;
}

}  // namespace
}  // namespace akin::store
