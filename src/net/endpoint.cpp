#include "net/endpoint.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace suzaku::net {
namespace {

constexpr std::size_t kMaxEndpoints = 16;  // a name may have any number

}  // namespace

std::vector<Endpoint> interleave(const std::vector<Endpoint>& endpoints) {
  std::array<std::vector<Endpoint>, 2> families;  // that of the first, and the other
  for (const Endpoint& endpoint : endpoints) {
    auto& family = families[endpoint.protocol() == endpoints.front().protocol() ? 0 : 1];
    if (std::ranges::find(family, endpoint) == family.end()) family.push_back(endpoint);
  }
  std::vector<Endpoint> order;
  for (std::size_t i = 0; i < std::max(families[0].size(), families[1].size()); ++i) {
    for (const auto& family : families) {
      if (i < family.size() && order.size() < kMaxEndpoints) order.push_back(family[i]);
    }
  }
  return order;
}

}  // namespace suzaku::net
