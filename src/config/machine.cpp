#include "config/machine.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

#include "base/system_code.hpp"

namespace suzaku::config {
namespace {

namespace fs = std::filesystem;

std::string reason(int error) {
  return std::generic_category().message(error);
}

/// errno, or 0 when it can be executed.
int check_executable(const fs::path& file) {
  struct stat found{};
  if (::stat(file.c_str(), &found) != 0) return errno;
  if (!S_ISREG(found.st_mode)) return EACCES;
  return ::access(file.c_str(), X_OK) == 0 ? 0 : errno;
}

}  // namespace

Result<void> can_make_file(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  const std::string shown = folder.empty() ? "." : folder.string();
  if (auto good = is_folder(shown); !good) return good;
  if (::access(shown.c_str(), W_OK | X_OK) != 0)
    return failure(system_code(errno), "cannot make a file in the folder " + shown + ": " + reason(errno));
  return {};
}

Result<void> is_folder(const std::string& path) {
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0)
    return failure(system_code(errno), "cannot use the folder " + path + ": " + reason(errno));
  if (!S_ISDIR(found.st_mode))
    return failure(ErrorCode::invalid, "cannot use the folder " + path + ": this is no folder");
  return {};
}

Result<void> is_program(const std::string& program, const std::string& folder) {
  if (program.find('/') != program.npos) {
    if (const int error = check_executable(fs::path(folder) / program))
      return failure(system_code(error), "cannot start the program " + program + ": " + reason(error));
    return {};
  }
  const char* path = std::getenv("PATH");
  std::string_view folders = path ? path : "/bin:/usr/bin";
  for (bool more = true; more;) {
    const auto colon = folders.find(':');
    if (check_executable(fs::path(folder) / folders.substr(0, colon) / program) == 0) return {};
    more = colon != folders.npos;
    folders.remove_prefix(more ? colon + 1 : folders.size());
  }
  return failure(ErrorCode::not_found, "cannot find the program " + program + " in any folder of PATH");
}

}  // namespace suzaku::config
