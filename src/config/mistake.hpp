#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace suzaku::config {

/// How far a configuration is checked.
enum class Depth : std::uint8_t {
  text,     // what it says
  machine,  // and whether the files, programs and addresses that it names can be used here and now; nothing is changed
};

/// Something in a configuration file that is wrong.
struct Mistake {
  std::string place;    // "bridge.yaml:3:7"
  std::string message;  // "connections.shop.url: found ..., expected ..."
};
using Mistakes = std::vector<Mistake>;

}  // namespace suzaku::config
