#pragma once

#include <optional>
#include <string>

#include <suzaku/result.hpp>

#include "sinks/spool_watch.hpp"
#include "sqlite/database.hpp"
#include "sqlite/file_lock.hpp"
#include "sqlite/statement.hpp"

namespace suzaku::sinks {

inline constexpr sqlite::FileKind kSpoolKind{.application_id = 0x73757a31, .name = "spool", .user = "sink"};

/// The open file of a spool, with the statements that Spool runs. One thread at a time. Throws std::runtime_error, with
/// the path and the reason.
struct SpoolFile {
  /// Creates the file if there is none. Does not change a file that is not a spool, or is in use.
  explicit SpoolFile(const std::string& path);

  sqlite::FileLock lock;
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

/// Fails when there is a file that cannot be used as a spool. Does not lock it. Must not be called for a spool that
/// this process has open.
Result<void> check_spool(const std::string& path);
/// Opens a database and creates the tables of a spool.
sqlite::Database open_spool_database(const std::string& path);

}  // namespace suzaku::sinks
