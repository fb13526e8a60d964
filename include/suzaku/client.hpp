#pragma once

/// A client for Phoenix Channels. Begin with suzaku/client/socket.hpp.

#include <suzaku/client/callback_queue.hpp>
#include <suzaku/client/channel.hpp>
#include <suzaku/client/coroutine.hpp>
#include <suzaku/client/event_stream.hpp>
#include <suzaku/client/presence.hpp>
#include <suzaku/client/push.hpp>
#include <suzaku/client/runtime.hpp>
#include <suzaku/client/serializer.hpp>
#include <suzaku/client/socket.hpp>
