#pragma once

#include <string>
#include <vector>

namespace suzaku::config {

/// Something in a configuration file that is wrong.
struct Mistake {
  std::string place;    // "bridge.yaml:3:7"
  std::string message;  // "connections.shop.url: found ..., expected ..."
};
using Mistakes = std::vector<Mistake>;

}  // namespace suzaku::config
