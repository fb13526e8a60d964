#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <suzaku/server/endpoint.hpp>

#include "http/path_pattern.hpp"
#include "server/router.hpp"

namespace suzaku::server {

/// A socket at a path: who may connect, and which channels can be joined.
class Mount {
 public:
  using Variables = http::PathPattern::Variables;

  Mount(std::string_view path, SocketFactory factory, SocketOptions options);

  /// The ":variables" of the path when these segments are its path; nothing when they are not.
  std::optional<Variables> match(const std::vector<std::string>& segments) const { return pattern_.match(segments); }

  /// Whether all paths of the other are paths of this one, too.
  bool covers(const Mount& other) const { return pattern_.covers(other.pattern_); }
  const http::PathPattern& pattern() const noexcept { return pattern_; }
  /// As it was given, for messages: "/socket/websocket".
  const std::string& path() const noexcept { return path_; }

  const SocketFactory& factory() const noexcept { return factory_; }
  const SocketOptions& options() const noexcept { return options_; }
  /// The most bytes of join_ref, ref, topic and event of one message.
  std::size_t max_head() const noexcept;
  Router& router() noexcept { return router_; }
  const Router& router() const noexcept { return router_; }

 private:
  std::string path_;
  http::PathPattern pattern_;
  SocketFactory factory_;
  SocketOptions options_;
  Router router_;
};

}  // namespace suzaku::server
