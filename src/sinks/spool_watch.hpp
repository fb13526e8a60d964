#pragma once

#include <optional>
#include <string>

#include <sys/stat.h>
#include <sys/types.h>

namespace suzaku::sinks {

/// Notices when another program deletes, replaces or shortens the files of an open spool: the database and its
/// write-ahead log. One thread at a time. A check makes two system calls.
class SpoolWatch {
 public:
  /// Remembers the files as they are. Throws std::system_error when one is missing.
  SpoolWatch(std::string path, std::string wal);

  /// Remembers the sizes of the files. To be called after each write.
  void remember();
  /// What has happened since then, such as "PATH was deleted". Nothing when the files are as they were.
  std::optional<std::string> change() const;
  /// Whether the path leads to one of the files that are open.
  bool is_ours(const std::string& path) const;

 private:
  struct File {
    std::string path;
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = 0;
  };
  static bool is_same(const File& file, const struct stat& found);
  static std::optional<std::string> change_of(const File& file);

  File database_;
  File wal_;
};

}  // namespace suzaku::sinks
