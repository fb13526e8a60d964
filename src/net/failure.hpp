#pragma once

#include <string>

namespace suzaku::net {

/// Why a connection ended that neither side closed in good order.
struct Failure {
  std::string text;     // what was wrong, and where it helps, what to do next
  bool is_tls = false;  // the two sides do not agree on TLS, or on who they are; to try again does not help by itself
};

}  // namespace suzaku::net
