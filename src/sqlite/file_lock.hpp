#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <sys/types.h>

#include <suzaku/result.hpp>

#include "base/descriptor.hpp"

namespace suzaku::sqlite {

/// A kind of database file.
struct FileKind {
  std::uint32_t application_id = 0;  // in the header of the file: PRAGMA application_id
  std::string_view name;             // for messages, such as "spool"
  std::string_view user;             // who opens it, such as "sink"
};

/// Locks a database file against other users in this process and other processes. It must outlive the database: closing
/// any descriptor of a file ends the locks that SQLite has on it. Any thread.
class FileLock {
 public:
  /// Creates the file if there is none. Does not change a file of another kind. Throws Error;
  /// its code is busy when the file is in use.
  FileLock(const std::string& path, const FileKind& kind);
  /// Fails when there is a file that is not of this kind. Does not lock it. Must not be called for a file that this
  /// process has open.
  static Result<void> check(const std::string& path, const FileKind& kind);
  /// Throws Error, with the code busy, when the file is in use.
  static void require_free(const std::string& path, const FileKind& kind);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  Descriptor file_;
  std::pair<dev_t, ino_t> id_;  // of the file, which may have several paths
};

}  // namespace suzaku::sqlite
