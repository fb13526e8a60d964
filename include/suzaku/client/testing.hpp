#pragma once

/// A server double to test programs that use suzaku::client: without network, without threads, without waiting, and
/// with any test framework. See testing/server.hpp for how to begin.
#include <suzaku/client/testing/attempt.hpp>
#include <suzaku/client/testing/connection.hpp>
#include <suzaku/client/testing/failure.hpp>
#include <suzaku/client/testing/request.hpp>
#include <suzaku/client/testing/server.hpp>
