#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <suzaku/server/endpoint.hpp>

namespace suzaku::server {

/// One line of a mount's channel table.
struct Route {
  std::string prefix;  // the whole topic, or what stands before the star
  bool exact = false;
  ChannelFactory factory;
  ChannelOptions options;

  /// The events that the channels of this route intercept; the first channel is asked.
  const std::vector<std::string>& intercepts(const Channel& channel) const {
    std::call_once(asked_, [&] { intercepts_ = channel.intercept(); });
    return intercepts_;
  }

 private:
  mutable std::once_flag asked_;
  mutable std::vector<std::string> intercepts_;
};

/// Which channel class serves a topic. A whole topic wins over a prefix, a longer prefix over a shorter one.
class Router {
 public:
  /// Throws std::invalid_argument for an empty pattern, a star that is not at the end, or a pattern that exists.
  void add(std::string_view pattern, ChannelFactory factory, ChannelOptions options);
  const Route* find(std::string_view topic) const noexcept;

 private:
  std::vector<std::unique_ptr<Route>> routes_;  // the first that matches wins
};

}  // namespace suzaku::server
