// A program of somebody who uses the client and knows nothing of Suzaku's sources.
#include <suzaku/client.hpp>

using namespace suzaku::client;

int main() {
  Socket socket("ws://127.0.0.1:1/socket", {.reconnect = {.enabled = false}});  // nobody listens there
  return socket.connect().get().outcome == Outcome::error ? 0 : 1;
}
