#include "sqlite/file_lock.hpp"

#include <array>
#include <cerrno>
#include <mutex>
#include <set>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sqlite/error.hpp"

namespace suzaku::sqlite {
namespace {

using namespace std::string_view_literals;
using FileId = std::pair<dev_t, ino_t>;

constexpr auto kMagic = "SQLite format 3\0"sv;
constexpr std::size_t kApplicationIdAt = 68;  // big-endian
constexpr std::size_t kHeader = kApplicationIdAt + sizeof(FileKind::application_id);

/// The files that this process has open. There is one set for the process, because the locks of SQLite belong to the
/// process: a second user that opens and closes the file of another user would end the locks of its database.
struct OpenFiles {
  std::mutex mutex;
  std::set<FileId> ids;
};
OpenFiles& open_files() {
  static OpenFiles files;
  return files;
}

[[noreturn]] void fail(Code code, const std::string& path, const FileKind& kind, std::string_view why) {
  throw Error(code, fmt::format("the {} {}: {}", kind.name, path, why));
}

[[noreturn]] void fail_in_use(const std::string& path, const FileKind& kind) {
  fail(Code::busy, path, kind, fmt::format("in use by another {} or process", kind.user));
}

FileId id_of(const struct stat& found) {
  return {found.st_dev, found.st_ino};
}

Descriptor open_locked(const std::string& path, const FileKind& kind) {
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file) fail(Code::io, path, kind, std::generic_category().message(errno));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) fail_in_use(path, kind);
  return file;
}

std::uint32_t application_id_of(std::string_view header) {
  std::uint32_t id = 0;
  for (const char byte : header.substr(kApplicationIdAt)) id = id << 8 | static_cast<unsigned char>(byte);
  return id;
}

/// Called before SQLite opens the file, because SQLite would write to any database.
void check_kind(const Descriptor& file, const std::string& path, const FileKind& kind) {
  std::array<char, kHeader> bytes{};
  const auto size = ::pread(file.get(), bytes.data(), bytes.size(), 0);
  if (size < 0) fail(Code::io, path, kind, std::generic_category().message(errno));
  const std::string_view header(bytes.data(), bytes.size());
  if (size > 0 && (!header.starts_with(kMagic) || application_id_of(header) != kind.application_id))
    fail(Code::other, path, kind, fmt::format("this is another kind of file; expected none, or a {}", kind.name));
}

}  // namespace

Result<void> FileLock::check(const std::string& path, const FileKind& kind) {
  const Descriptor file(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!file && errno == ENOENT) return {};
  try {
    if (!file) fail(Code::io, path, kind, std::generic_category().message(errno));
    check_kind(file, path, kind);
  } catch (const Error& error) {
    return failure(error.code() == Code::io ? ErrorCode::io : ErrorCode::invalid, error.what());
  }
  return {};
}

void FileLock::require_free(const std::string& path, const FileKind& kind) {
  auto& [mutex, ids] = open_files();
  const std::lock_guard lock(mutex);
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0) return;
  if (ids.contains(id_of(found))) fail_in_use(path, kind);
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (file && ::flock(file.get(), LOCK_EX | LOCK_NB) != 0) fail_in_use(path, kind);
}

FileLock::FileLock(const std::string& path, const FileKind& kind) {
  auto& [mutex, ids] = open_files();
  const std::lock_guard lock(mutex);
  struct stat found{};
  if (::stat(path.c_str(), &found) == 0 && ids.contains(id_of(found))) fail_in_use(path, kind);
  file_ = open_locked(path, kind);
  check_kind(file_, path, kind);
  if (::fstat(file_.get(), &found) != 0) fail(Code::io, path, kind, std::generic_category().message(errno));
  id_ = id_of(found);
  ids.insert(id_);
}

FileLock::~FileLock() {
  auto& [mutex, ids] = open_files();
  const std::lock_guard lock(mutex);
  ids.erase(id_);
  file_ = {};
}

}  // namespace suzaku::sqlite
