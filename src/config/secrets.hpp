#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <suzaku/client/options.hpp>

namespace suzaku::config {

/// The values that nobody is to read in a log, on a terminal or in a recording, whoever repeats them there: a server
/// may quote the token that it refuses. Any thread.
class Secrets {
 public:
  /// Bytes. Shorter ones are not looked for: they would be found in too much that is none.
  static constexpr std::size_t kShortest = 6;

  /// Of the values of a secret that is replaced from time to time, so many are kept in all.
  static constexpr std::size_t kMostRotated = 100;

  void add(const std::string& value);
  void add_rotated(const std::string& value);
  /// The strings among the members whose names are those of secrets, at any depth.
  std::vector<std::string> secrets_in(const Json& params) const;
  void add_from(const Json& params);
  /// The text with "[redacted]" in place of each of them.
  std::string hide(std::string_view text) const;

 private:
  const std::vector<std::string> names_ = client::SocketOptions{}.secrets;
  mutable std::mutex mutex_;
  std::set<std::string> values_;     // guarded by mutex_
  std::deque<std::string> rotated_;  // likewise; the oldest first
};

}  // namespace suzaku::config
