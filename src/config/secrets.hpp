#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <suzaku/client/options.hpp>

namespace suzaku::config {

/// The values that must not appear in a log, on a terminal or in a recording. A server
/// may quote the token that it refuses, so all text is searched for them. Any thread.
class Secrets {
 public:
  /// Bytes. Shorter values are not searched for: they would match too much other text.
  static constexpr std::size_t kShortest = 6;

  /// Most replaced values that are kept, of all sources. Beyond that the oldest are forgotten.
  static constexpr std::size_t kMostReplaced = 100;

  void add(const std::string& value);
  void add(const std::vector<std::string>& values);
  /// The values of a source that may give others later ("shop.auth_token"). They are kept until it does, and then among
  /// those that were replaced.
  void replace(const std::string& source, std::vector<std::string> values);

  /// The strings among the members whose names are those of secrets, at any depth.
  std::vector<std::string> secrets_in(const Json& params) const;
  /// The values of headers whose names are those of secrets, whole and without their scheme ("Bearer").
  std::vector<std::string> secrets_in(const std::vector<client::Header>& headers) const;
  /// The password of a URL, or a user without one, and the parameters whose names are those of secrets, in all forms in
  /// which they may be shown. A URL without a scheme is one of a proxy.
  std::vector<std::string> secrets_in_url(std::string_view url) const;
  /// The same for the proxies that the environment names (https_proxy and the like).
  std::vector<std::string> secrets_in_environment() const;
  /// The text with "[redacted]" in place of each of them.
  std::string hide(std::string_view text) const;

 private:
  const std::vector<std::string> names_ = client::SocketOptions{}.secrets;
  mutable std::mutex mutex_;
  std::set<std::string> values_;                               // guarded by mutex_
  std::map<std::string, std::vector<std::string>> by_source_;  // likewise
  std::deque<std::string> replaced_;                           // likewise; the oldest first
};

}  // namespace suzaku::config
