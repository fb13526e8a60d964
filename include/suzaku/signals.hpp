#pragma once

/// Signals: what happens on connections to Phoenix apps, as CloudEvents, for agents. Begin with
/// suzaku/signals/signal_bus.hpp.

#include <suzaku/signals/coordinator.hpp>
#include <suzaku/signals/filter.hpp>
#include <suzaku/signals/phoenix.hpp>
#include <suzaku/signals/restart.hpp>
#include <suzaku/signals/signal.hpp>
#include <suzaku/signals/signal_bus.hpp>
