#include "sinks/spool_lock.hpp"

#include <array>
#include <cerrno>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace suzaku::sinks {
namespace {

using namespace std::string_view_literals;
using FileId = std::pair<dev_t, ino_t>;

constexpr auto kMagic = "SQLite format 3\0"sv;
constexpr auto kApplication = "suz1"sv;  // the application id in the header of the database
constexpr std::size_t kApplicationAt = 68;
constexpr auto kInUse = "in use by another sink or process"sv;

/// The spools that this process has open. There is one set for the process, because the locks of SQLite belong to the
/// process: a second sink that opens and closes the file of another sink would end the locks of its database.
struct OpenSpools {
  std::mutex mutex;
  std::set<FileId> ids;
};
OpenSpools& open_spools() {
  static OpenSpools spools;
  return spools;
}

[[noreturn]] void fail(const std::string& path, std::string_view why) {
  throw std::runtime_error(fmt::format("the spool {}: {}", path, why));
}

FileId id_of(const struct stat& found) {
  return {found.st_dev, found.st_ino};
}

Descriptor open_locked(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file) fail(path, std::generic_category().message(errno));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) fail(path, kInUse);
  return file;
}

/// Called before SQLite opens the file, because SQLite would write to any database.
void check_kind(const Descriptor& file, const std::string& path) {
  std::array<char, kApplicationAt + kApplication.size()> header{};
  const auto size = ::pread(file.get(), header.data(), header.size(), 0);
  if (size < 0) fail(path, std::generic_category().message(errno));
  const std::string_view found(header.data(), header.size());
  if (size > 0 && (!found.starts_with(kMagic) || !found.ends_with(kApplication)))
    fail(path, "this is another kind of file; expected none, or a spool");
}

}  // namespace

Result<void> SpoolLock::check(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!file && errno == ENOENT) return {};
  try {
    if (!file) fail(path, std::generic_category().message(errno));
    check_kind(file, path);
  } catch (const std::runtime_error& error) {
    return failure(error.what());
  }
  return {};
}

void SpoolLock::require_free(const std::string& path) {
  auto& [mutex, ids] = open_spools();
  const std::lock_guard lock(mutex);
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0) return;
  if (ids.contains(id_of(found))) fail(path, kInUse);
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (file && ::flock(file.get(), LOCK_EX | LOCK_NB) != 0) fail(path, kInUse);
}

SpoolLock::SpoolLock(const std::string& path) {
  auto& [mutex, ids] = open_spools();
  const std::lock_guard lock(mutex);
  struct stat found{};
  if (::stat(path.c_str(), &found) == 0 && ids.contains(id_of(found))) fail(path, kInUse);
  file_ = open_locked(path);
  check_kind(file_, path);
  if (::fstat(file_.get(), &found) != 0) fail(path, std::generic_category().message(errno));
  id_ = id_of(found);
  ids.insert(id_);
}

SpoolLock::~SpoolLock() {
  auto& [mutex, ids] = open_spools();
  const std::lock_guard lock(mutex);
  ids.erase(id_);
  file_ = {};
}

}  // namespace suzaku::sinks
