#pragma once

/// A test kit for channels and sockets of suzaku::server: without network, without threads, without waiting, and with
/// any test framework. See server_testing/server.hpp for how to begin.
#include <suzaku/server_testing/channel.hpp>
#include <suzaku/server_testing/client.hpp>
#include <suzaku/server_testing/failure.hpp>
#include <suzaku/server_testing/http.hpp>
#include <suzaku/server_testing/server.hpp>
