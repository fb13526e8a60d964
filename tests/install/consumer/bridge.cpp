// A program with agents, outside of the source tree.
#include <suzaku/bridge.hpp>
#include <suzaku/signals.hpp>

int main() {
  suzaku::signals::SignalBus bus;
  suzaku::bridge::ConnectionSupervisor connections(bus);
  const auto started = connections.start_connection({.name = "chat", .uri = "ws://127.0.0.1:1/socket"});
  return started && connections.stop().get().ok() ? 0 : 1;
}
