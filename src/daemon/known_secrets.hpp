#pragma once

#include <suzaku/bridge/connection_options.hpp>

#include "config/secrets.hpp"

namespace suzaku::daemon {

/// Adds the secrets that a connection sends to its server, which may repeat them: the values of its options, those that
/// the functions of its options return later, and the passwords of proxies from the environment. `secrets` must outlive
/// the options.
void add_secrets(bridge::ConnectionOptions& options, config::Secrets& secrets);

}  // namespace suzaku::daemon
