#pragma once

#include <string>

namespace suzaku::config {

/// Something in a configuration file that is wrong.
struct Mistake {
  std::string place;    // "bridge.yaml:3:7"
  std::string message;  // "connections.shop.url: found ..., expected ..."
};

}  // namespace suzaku::config
