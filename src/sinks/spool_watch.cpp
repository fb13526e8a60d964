#include "sinks/spool_watch.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

#include <sys/stat.h>

namespace suzaku::sinks {

SpoolWatch::SpoolWatch(std::string path, std::string wal)
    : database_{.path = std::move(path)}, wal_{.path = std::move(wal)} {
  for (File* file : {&database_, &wal_}) {
    struct stat found{};
    if (::stat(file->path.c_str(), &found) != 0)
      throw std::system_error(errno, std::generic_category(), "the spool " + file->path);
    file->device = found.st_dev;
    file->inode = found.st_ino;
    file->size = found.st_size;
  }
}

void SpoolWatch::remember() {
  struct stat found{};
  for (File* file : {&database_, &wal_})
    if (::stat(file->path.c_str(), &found) == 0 && is_same(*file, found)) file->size = found.st_size;
}

std::optional<std::string> SpoolWatch::change() const {
  auto change = change_of(database_);
  return change ? change : change_of(wal_);
}

bool SpoolWatch::is_ours(const std::string& path) const {
  struct stat found{};
  return ::stat(path.c_str(), &found) == 0 && (is_same(database_, found) || is_same(wal_, found));
}

bool SpoolWatch::is_same(const File& file, const struct stat& found) {
  return file.device == found.st_dev && file.inode == found.st_ino;
}

std::optional<std::string> SpoolWatch::change_of(const File& file) {
  struct stat found{};
  if (::stat(file.path.c_str(), &found) != 0)
    return file.path + (errno == ENOENT ? " was deleted" : ": " + std::generic_category().message(errno));
  if (!is_same(file, found)) return file.path + " was replaced";
  if (found.st_size < file.size) return file.path + " was shortened";
  return std::nullopt;
}

}  // namespace suzaku::sinks
