#pragma once

/// A Phoenix Channels server: everything a program needs to offer one.
#include <suzaku/server/channel.hpp>
#include <suzaku/server/endpoint.hpp>
#include <suzaku/server/http.hpp>
#include <suzaku/server/options.hpp>
#include <suzaku/server/request_info.hpp>
#include <suzaku/server/topic_subscription.hpp>
#include <suzaku/server/user_socket.hpp>
