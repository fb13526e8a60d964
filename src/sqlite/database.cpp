#include "sqlite/database.hpp"

#include <utility>

#include <fmt/format.h>
#include <sqlite3.h>

namespace suzaku::sqlite {
namespace {

Code code_of(int result) noexcept {
  switch (result & 0xff) {  // the primary result code; the other bits are its details
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Code::busy;
    case SQLITE_FULL:
      return Code::full;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return Code::io;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Code::corrupt;
    case SQLITE_CONSTRAINT:
      return Code::constraint;
    default:
      return Code::other;
  }
}

}  // namespace

void Database::Close::operator()(sqlite3* database) const noexcept {
  static_cast<void>(sqlite3_close(database));  // fails only while statements are open, which end before the database
}

Database::Database(std::string path, std::chrono::milliseconds busy_timeout) : path_(std::move(path)) {
  sqlite3* opened = nullptr;
  const int result = sqlite3_open_v2(path_.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  database_.reset(opened);
  if (result != SQLITE_OK) fail(result);
  sqlite3_busy_timeout(get(), static_cast<int>(busy_timeout.count()));
}

void Database::run(const char* sql) {
  if (const int result = sqlite3_exec(get(), sql, nullptr, nullptr, nullptr); result != SQLITE_OK) fail(result);
}

void Database::fail(int result) const {
  throw Error(code_of(result), fmt::format("{}: {}", path_, sqlite3_errmsg(get())));
}

std::string Database::wal_path() const {
  return sqlite3_filename_wal(sqlite3_db_filename(get(), "main"));
}

void Database::empty_wal() noexcept {
  static_cast<void>(sqlite3_wal_checkpoint_v2(get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr));
}

std::int64_t Database::last_insert() const noexcept {
  return sqlite3_last_insert_rowid(get());
}

/// SQLite itself rolls back after some failures; a second time would be an error.
Transaction::~Transaction() {
  if (sqlite3_get_autocommit(database_.get()) == 0)
    static_cast<void>(sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr));  // undone when it closes
}

}  // namespace suzaku::sqlite
