#include "sqlite/statement.hpp"

#include <string>

#include "sqlite/sqlite_test.hpp"

namespace suzaku::sqlite {
namespace {

using namespace std::string_view_literals;

class StatementTest : public SqliteTest {
 protected:
  StatementTest() { database_.run("CREATE TABLE notes (number INTEGER PRIMARY KEY, value NOT NULL)"); }

  Database database_{path_};
};

TEST_F(StatementTest, integers_texts_and_blobs_keep_their_types_and_bytes) {
  Statement insert(database_, "INSERT INTO notes (value) VALUES (?)");
  insert.bind(std::int64_t{-7}).step();
  insert.bind("caf\u00e9\0!"sv).step();
  insert.bind(as_blob("\0\xff"sv)).step();
  Statement rows(database_, "SELECT typeof(value), value FROM notes ORDER BY number");
  ASSERT_TRUE(rows.step());
  EXPECT_EQ(rows.text(0), "integer");
  EXPECT_EQ(rows.integer(1), -7);
  ASSERT_TRUE(rows.step());
  EXPECT_EQ(rows.text(0), "text");
  EXPECT_EQ(rows.text(1), "caf\u00e9\0!"sv);
  ASSERT_TRUE(rows.step());
  EXPECT_EQ(rows.text(0), "blob");
  EXPECT_EQ(as_text(rows.blob(1)), "\0\xff"sv);
  EXPECT_FALSE(rows.step());
}

TEST_F(StatementTest, empty_texts_and_blobs_are_not_null) {
  Statement insert(database_, "INSERT INTO notes (value) VALUES (?)");
  insert.bind(std::string_view()).step();
  insert.bind(Blob()).step();
  Statement rows(database_, "SELECT value FROM notes");
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(rows.step());
    EXPECT_EQ(rows.blob(0).size(), 0U);
  }
}

TEST_F(StatementTest, can_be_run_again) {
  Statement insert(database_, "INSERT INTO notes (number, value) VALUES (?, ?)");
  insert.bind(1, "a"sv).step();
  EXPECT_EQ(code_of([&] { insert.bind(1, "b"sv).step(); }), Code::constraint);
  insert.bind(2, "c"sv).step();
  Statement find(database_, "SELECT value FROM notes WHERE number >= ? ORDER BY number");
  ASSERT_TRUE(find.bind(1).step());
  EXPECT_EQ(find.text(0), "a");
  ASSERT_TRUE(find.bind(2).step());
  EXPECT_EQ(find.text(0), "c");
  EXPECT_FALSE(find.step());
  EXPECT_FALSE(find.bind(3).step());
}

TEST_F(StatementTest, wrong_sql_and_missing_parameters_are_other_failures) {
  EXPECT_EQ(code_of([&] { const Statement wrong(database_, "SELECT value FROM letters"); }), Code::other);
  Statement find(database_, "SELECT value FROM notes");
  EXPECT_EQ(code_of([&] { find.bind(1); }), Code::other);
}

}  // namespace
}  // namespace suzaku::sqlite
