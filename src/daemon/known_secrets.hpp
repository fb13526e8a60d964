#pragma once

#include <suzaku/bridge/connection_options.hpp>

#include "config/secrets.hpp"

namespace suzaku::daemon {

/// Adds what a connection shows the server and the server may repeat: the values of its options, whatever their
/// functions give later, and the passwords of the environment's proxies. (The URL of a webhook and its secret are told
/// to nobody.) `secrets` must outlive the options.
void add_secrets(bridge::ConnectionOptions& options, config::Secrets& secrets);

}  // namespace suzaku::daemon
