#pragma once

/// Connections to Phoenix apps that become signals. Begin with suzaku/bridge/connection_supervisor.hpp.

#include <suzaku/bridge/connection.hpp>
#include <suzaku/bridge/connection_options.hpp>
#include <suzaku/bridge/connection_supervisor.hpp>
#include <suzaku/bridge/message_router.hpp>
