// A program that uses the client, outside of the source tree.
#include <suzaku/client.hpp>

using namespace suzaku::client;
using namespace std::chrono_literals;

int main() {
  Socket socket("ws://127.0.0.1:1/socket", {.reconnect = {.enabled = false}});  // nobody listens there
  const auto connected = socket.connect().get_for(10s);
  return connected && connected->outcome == Outcome::error ? 0 : 1;
}
