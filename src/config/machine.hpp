#pragma once

#include <string>

#include <suzaku/result.hpp>

/// Checks whether what a configuration names can be used on this machine by this user. Changes nothing.
namespace suzaku::config {

/// Whether files can be made in the folder of this path.
Result<void> can_make_file(const std::string& path);

/// Whether it is a folder.
Result<void> is_folder(const std::string& path);

/// Whether there is such a program, for one that is started in a folder ("": ours): a path, or a name that is looked up
/// as a shell does.
Result<void> is_program(const std::string& program, const std::string& folder);

}  // namespace suzaku::config
