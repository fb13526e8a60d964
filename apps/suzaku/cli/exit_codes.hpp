#pragma once

#include <string>

namespace suzaku::program {

/// Exit codes of the process. exit_codes.cpp has their descriptions.
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kBadUsage = 2;
inline constexpr int kHostNotFound = 3;
inline constexpr int kUnreachable = 4;
inline constexpr int kTlsFailed = 5;
inline constexpr int kHttpRefused = 6;
inline constexpr int kJoinRefused = 7;
inline constexpr int kTimedOut = 8;
inline constexpr int kConnectionLost = 9;
inline constexpr int kPushRefused = 10;
inline constexpr int kNotPhoenix = 11;

/// The table of a client's exit codes, for a command's --help.
std::string exit_codes_help();

}  // namespace suzaku::program
