// A test that uses the client, outside of the source tree.
#include <suzaku/client.hpp>
#include <suzaku/client/testing.hpp>

int main() {
  suzaku::client::testing::Server server;
  suzaku::client::Socket socket{"ws://test/socket", server.options()};
  const auto connect = socket.connect();
  server.accept();
  return server.reply_of(connect).ok() ? 0 : 1;
}
