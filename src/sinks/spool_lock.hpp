#pragma once

#include <string>
#include <utility>

#include <sys/types.h>

#include <suzaku/result.hpp>

#include "base/descriptor.hpp"

namespace suzaku::sinks {

/// Locks a spool against other sinks of this process and other processes. It must outlive the database: closing any
/// descriptor of a file ends the locks that SQLite has on it.
class SpoolLock {
 public:
  /// Creates the file if there is none. Does not change a file that is not a spool. Throws std::runtime_error, with the
  /// path and the reason.
  explicit SpoolLock(const std::string& path);
  /// Fails when there is a file that cannot be used as a spool. Does not lock it. Must not be called for a spool that
  /// this process has open.
  static Result<void> check(const std::string& path);
  /// Throws std::runtime_error, with the path and the reason, when the file is a spool that is in use.
  static void require_free(const std::string& path);
  ~SpoolLock();
  SpoolLock(const SpoolLock&) = delete;
  SpoolLock& operator=(const SpoolLock&) = delete;

 private:
  Descriptor file_;
  std::pair<dev_t, ino_t> id_;  // of the file, which may have several paths
};

}  // namespace suzaku::sinks
