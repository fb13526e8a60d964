#pragma once

#include <optional>
#include <string>

#include "sinks/spool_lock.hpp"
#include "sinks/spool_watch.hpp"
#include "sinks/sqlite.hpp"

namespace suzaku::sinks {

/// The open file of a spool, with the statements that Spool runs. One thread at a time. Throws std::runtime_error, with
/// the path and the reason.
struct SpoolFile {
  /// Creates the file if there is none. Does not change a file that is not a spool, or is in use.
  explicit SpoolFile(const std::string& path);

  SpoolLock lock;
  sqlite::Database database;
  sqlite::Statement insert;
  sqlite::Statement oldest;
  sqlite::Statement newest;
  sqlite::Statement sizes;
  sqlite::Statement size_through;
  sqlite::Statement remove_through;
  sqlite::Statement length;
  sqlite::Statement park;
  sqlite::Statement remove;
  sqlite::Statement oldest_parked;
  sqlite::Statement newest_parked;
  sqlite::Statement parked_sizes;
  sqlite::Statement parked_signal;
  sqlite::Statement remove_parked;
  SpoolWatch watch;
};

/// A change of a spool: a transaction that is rolled back unless it is committed. The watch remembers the files after
/// it. When it fails, for example on a full disk, the write-ahead log is emptied if the database has room for its
/// contents, so that the next attempt has room.
class SpoolChange {
 public:
  explicit SpoolChange(SpoolFile& file) : file_(file), transaction_(file.database) {}
  ~SpoolChange();
  SpoolChange(const SpoolChange&) = delete;
  SpoolChange& operator=(const SpoolChange&) = delete;
  void commit();

 private:
  SpoolFile& file_;
  std::optional<sqlite::Transaction> transaction_;  // none: it was committed
};

/// Opens a database and creates the tables of a spool.
sqlite::Database open_spool_database(const std::string& path);

}  // namespace suzaku::sinks
