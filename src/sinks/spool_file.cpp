#include "sinks/spool_file.hpp"

#include <stdexcept>

#include <fmt/format.h>

namespace suzaku::sinks {
namespace {

sqlite::Database open_with_wal(const std::string& path) {
  sqlite::Database database = open_spool_database(path);
  // WAL: a write appends to a second file. FULL: a commit is on the disk when it returns.
  // The first read creates that file.
  database.run(R"(
    PRAGMA synchronous = FULL;
    PRAGMA journal_mode = WAL;
    PRAGMA journal_size_limit = 4194304;
    SELECT number FROM signals LIMIT 1;
  )");
  return database;
}

}  // namespace

sqlite::Database open_spool_database(const std::string& path) {
  sqlite::Database database(path);
  database.run("PRAGMA locking_mode = EXCLUSIVE");
  sqlite::Statement check(database, "PRAGMA quick_check(1)");
  if (check.step() && check.text(0) != "ok")
    throw std::runtime_error(fmt::format("the spool {} is damaged: {}", path, check.text(0)));
  check.reset();
  database.run("PRAGMA synchronous = FULL");
  {
    sqlite::Transaction transaction(database);
    database.run(fmt::format("PRAGMA application_id = {}", kSpoolKind.application_id).c_str());
    // AUTOINCREMENT: a number is never used again.
    database.run(R"(
      CREATE TABLE IF NOT EXISTS signals
        (number INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL, event BLOB NOT NULL);
      CREATE TABLE IF NOT EXISTS parked (number INTEGER PRIMARY KEY, id BLOB NOT NULL, event BLOB NOT NULL);
    )");
    transaction.commit();
  }
  return database;
}

Result<void> check_spool(const std::string& path) {
  return sqlite::FileLock::check(path, kSpoolKind);
}

SpoolFile::SpoolFile(const std::string& path)
    : lock(path, kSpoolKind),
      database(open_with_wal(path)),
      insert(database, "INSERT INTO signals (id, event) VALUES (?, ?)"),
      oldest(database, "SELECT number, id, event FROM signals ORDER BY number LIMIT ?"),
      newest(database, "SELECT number, id, event FROM signals ORDER BY number DESC LIMIT ?"),
      sizes(database, "SELECT number, length(event) FROM signals ORDER BY number"),
      size_through(database, "SELECT count(*), ifnull(sum(length(event)), 0) FROM signals WHERE number <= ?"),
      remove_through(database, "DELETE FROM signals WHERE number <= ?"),
      length(database, "SELECT length(event) FROM signals WHERE number = ?"),
      park(database, "INSERT INTO parked SELECT number, id, event FROM signals WHERE number = ?"),
      remove(database, "DELETE FROM signals WHERE number = ?"),
      oldest_parked(database, "SELECT number, id, event FROM parked ORDER BY number LIMIT ?"),
      newest_parked(database, "SELECT number, id, event FROM parked ORDER BY number DESC LIMIT ?"),
      parked_sizes(database, "SELECT number, length(event) FROM parked ORDER BY number"),
      parked_signal(database, "SELECT number, id, event FROM parked WHERE number = ?"),
      remove_parked(database, "DELETE FROM parked WHERE number = ?"),
      watch(path, database.wal_path()) {}

SpoolChange::~SpoolChange() {
  if (transaction_) {
    transaction_.reset();
    file_.database.empty_wal();
  }
  file_.watch.remember();
}

void SpoolChange::commit() {
  transaction_->commit();
  transaction_.reset();
}

}  // namespace suzaku::sinks
