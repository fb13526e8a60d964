#include "server/router.hpp"

#include <algorithm>
#include <stdexcept>

namespace suzaku::server {

void Router::add(std::string_view pattern, ChannelFactory factory, ChannelOptions options) {
  const bool exact = !pattern.ends_with('*');
  const std::string_view prefix = exact ? pattern : pattern.substr(0, pattern.size() - 1);
  if (pattern.empty() || prefix.find('*') != prefix.npos)
    throw std::invalid_argument("a topic pattern is a topic, or a prefix with one star at its end; got \"" +
                                std::string(pattern) + "\"");
  auto route = std::make_unique<Route>();
  route->prefix = prefix;
  route->exact = exact;
  route->factory = std::move(factory);
  route->options = std::move(options);

  const auto before = [](const Route& a, const Route& b) {
    return a.exact != b.exact ? a.exact : a.prefix.size() > b.prefix.size();
  };
  for (const auto& other : routes_)
    if (other->exact == exact && other->prefix == prefix)
      throw std::invalid_argument("the topic pattern \"" + std::string(pattern) + "\" is given twice");
  const auto place = std::ranges::find_if(routes_, [&](const auto& other) { return before(*route, *other); });
  routes_.insert(place, std::move(route));
}

const Route* Router::find(std::string_view topic) const noexcept {
  for (const auto& route : routes_)
    if (route->exact ? topic == route->prefix : topic.starts_with(route->prefix)) return route.get();
  return nullptr;
}

}  // namespace suzaku::server
