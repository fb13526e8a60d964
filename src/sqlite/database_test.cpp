#include "sqlite/database.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include "sqlite/sqlite_test.hpp"
#include "sqlite/statement.hpp"
#include "support/disk_limit.hpp"

namespace suzaku::sqlite {
namespace {

class DatabaseTest : public SqliteTest {
 protected:
  static std::int64_t rows(Database& database) {
    Statement count(database, "SELECT count(*) FROM notes");
    return count.step() ? count.integer(0) : -1;
  }
};

TEST_F(DatabaseTest, a_transaction_is_rolled_back_unless_it_is_committed) {
  Database database(path_);
  database.run("CREATE TABLE notes (text)");
  {
    Transaction transaction(database);
    database.run("INSERT INTO notes VALUES ('lost')");
  }
  EXPECT_EQ(rows(database), 0);
  {
    Transaction transaction(database);
    database.run("INSERT INTO notes VALUES ('kept')");
    transaction.commit();
  }
  EXPECT_EQ(rows(database), 1);
  EXPECT_EQ(database.last_insert(), 1);
}

TEST_F(DatabaseTest, a_file_that_another_connection_has_locked_is_busy) {
  Database first(path_);
  Database second(path_, std::chrono::milliseconds(1));
  {
    const Transaction transaction(first);
    EXPECT_EQ(code_of([&] { Transaction(second).commit(); }), Code::busy);
  }
  EXPECT_EQ(code_of([&] { Transaction(second).commit(); }), std::nullopt);
}

TEST_F(DatabaseTest, a_database_that_may_not_grow_is_full) {
  Database database(path_);
  database.run("PRAGMA max_page_count = 3; CREATE TABLE notes (text)");
  EXPECT_EQ(code_of([&] { database.run("INSERT INTO notes VALUES (zeroblob(100000))"); }), Code::full);
}

TEST_F(DatabaseTest, a_file_that_cannot_be_opened_is_an_io_failure) {
  EXPECT_EQ(code_of([&] { const Database database(folder_.file("missing/database")); }), Code::io);
}

TEST_F(DatabaseTest, a_write_that_fails_is_an_io_failure_and_may_be_tried_again) {
  Database database(path_);
  database.run("PRAGMA journal_mode = WAL; CREATE TABLE notes (text)");
  {
    const test::DiskLimit limit(64 << 10);
    EXPECT_EQ(code_of([&] { database.run("INSERT INTO notes VALUES (zeroblob(100000))"); }), Code::io);
  }
  database.run("INSERT INTO notes VALUES (zeroblob(100000))");
  EXPECT_EQ(rows(database), 1);
}

TEST_F(DatabaseTest, a_file_that_is_no_database_is_corrupt) {
  std::ofstream(path_) << std::string(4'096, 'x');
  Database database(path_);
  EXPECT_EQ(code_of([&] { database.run("CREATE TABLE notes (text)"); }), Code::corrupt);
}

TEST_F(DatabaseTest, a_row_that_breaks_a_constraint_is_told_from_wrong_sql) {
  Database database(path_);
  database.run("CREATE TABLE notes (text UNIQUE); INSERT INTO notes VALUES ('a')");
  EXPECT_EQ(code_of([&] { database.run("INSERT INTO notes VALUES ('a')"); }), Code::constraint);
  EXPECT_EQ(code_of([&] { database.run("INSERT INTO letters VALUES ('a')"); }), Code::other);
}

TEST_F(DatabaseTest, a_failure_names_the_file_and_the_reason) {
  Database database(path_);
  try {
    database.run("SELECT * FROM notes");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.what(), path_ + ": no such table: notes");
  }
}

TEST_F(DatabaseTest, the_write_ahead_log_can_be_emptied) {
  Database database(path_);
  database.run("PRAGMA journal_mode = WAL; CREATE TABLE notes (text)");
  ASSERT_GT(std::filesystem::file_size(database.wal_path()), 0U);
  database.empty_wal();
  EXPECT_EQ(std::filesystem::file_size(database.wal_path()), 0U);
}

}  // namespace
}  // namespace suzaku::sqlite
