#pragma once

#include <string>

namespace suzaku::net {

/// Why a connection ended without a regular close.
struct Failure {
  std::string text;     // what was wrong, and where it helps, what to do next
  bool is_tls = false;  // TLS or a certificate was refused; another attempt alone does not help
};

}  // namespace suzaku::net
