#pragma once

#include <suzaku/server.hpp>

using namespace suzaku::server;
