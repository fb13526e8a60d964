#pragma once

#include <string>
#include <utility>

#include <sys/types.h>

#include <suzaku/result.hpp>

#include "base/descriptor.hpp"

namespace suzaku::sinks {

/// Keeps everybody else from a spool, in this process and others, while it lives. It must outlive the database: to
/// close any descriptor of a file ends the locks that SQLite has on it.
class SpoolLock {
 public:
  /// Makes the file if there is none; one that is no spool is not touched. Throws std::runtime_error, with the path and
  /// the reason.
  explicit SpoolLock(const std::string& path);
  /// Fails when there is a file that cannot be used as a spool; it is not locked. Not for a spool that this process has
  /// open.
  static Result<void> check(const std::string& path);
  ~SpoolLock();
  SpoolLock(const SpoolLock&) = delete;
  SpoolLock& operator=(const SpoolLock&) = delete;

 private:
  Descriptor file_;
  std::pair<dev_t, ino_t> id_;  // of the file, whatever path leads to it
};

}  // namespace suzaku::sinks
