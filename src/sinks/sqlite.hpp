#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <sqlite3.h>

/// The part of SQLite that the spool uses. All functions throw std::runtime_error, with the file and the reason. One
/// thread at a time.
namespace suzaku::sinks::sqlite {

struct Close {
  void operator()(sqlite3* database) const noexcept { sqlite3_close(database); }
  void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};

class Database {
 public:
  explicit Database(std::string path);

  /// Runs statements without parameters and results.
  void run(const char* sql);
  [[noreturn]] void fail() const;
  /// The absolute path of the write-ahead log.
  std::string wal_path() const { return sqlite3_filename_wal(sqlite3_db_filename(get(), "main")); }
  /// Moves the contents of the write-ahead log into the database, if that has room for them.
  void empty_wal() noexcept {  // where it fails everything is as before
    static_cast<void>(sqlite3_wal_checkpoint_v2(get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr));
  }
  /// The number of the row that was inserted last.
  std::int64_t last_insert() const noexcept { return sqlite3_last_insert_rowid(get()); }
  sqlite3* get() const noexcept { return database_.get(); }

 private:
  std::string path_;
  std::unique_ptr<sqlite3, Close> database_;
};

class Statement {
 public:
  Statement(Database& database, const char* sql);

  /// Resets the statement and binds these parameters. Texts and blobs must stay valid until step() returns false.
  template <class... Values>
  Statement& bind(const Values&... values) {
    reset();
    int index = 0;
    (put(++index, values), ...);
    return *this;
  }
  /// True: there is a row. False: there are no more rows.
  bool step();
  void reset() noexcept { sqlite3_reset(statement_.get()); }

  // Columns of the current row.
  std::int64_t integer(int column) const noexcept { return sqlite3_column_int64(statement_.get(), column); }
  std::string text(int column) const;

 private:
  void put(int index, std::int64_t value);
  void put(int index, std::string_view bytes);

  Database& database_;
  std::unique_ptr<sqlite3_stmt, Close> statement_;
};

/// Rolled back unless it is committed.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(database) { database_.run("BEGIN IMMEDIATE"); }
  ~Transaction() { sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr); }  // fails after COMMIT
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit() { database_.run("COMMIT"); }

 private:
  Database& database_;
};

}  // namespace suzaku::sinks::sqlite
