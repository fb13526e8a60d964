#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "sqlite/error.hpp"

struct sqlite3;

namespace suzaku::sqlite {

/// An open file, which is created if there is none. All functions throw Error. One thread at a time.
class Database {
 public:
  static constexpr std::chrono::milliseconds kBusyTimeout{5'000};

  /// `busy_timeout` is how long a statement waits while another connection has locked the file.
  explicit Database(std::string path, std::chrono::milliseconds busy_timeout = kBusyTimeout);

  /// Runs statements without parameters and results.
  void run(const char* sql);
  /// Throws what this result of SQLite means.
  [[noreturn]] void fail(int result) const;
  /// The absolute path of the write-ahead log.
  std::string wal_path() const;
  /// Moves the contents of the write-ahead log into the database, if that has room for them. Otherwise everything is as
  /// before.
  void empty_wal() noexcept;
  /// The number of the row that was inserted last.
  std::int64_t last_insert() const noexcept;
  sqlite3* get() const noexcept { return database_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* database) const noexcept;
  };
  std::string path_;
  std::unique_ptr<sqlite3, Close> database_;
};

/// Holds the lock for writing. Rolled back unless it is committed.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(database) { database_.run("BEGIN IMMEDIATE"); }
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit() { database_.run("COMMIT"); }

 private:
  Database& database_;
};

}  // namespace suzaku::sqlite
