// A program with a server, outside of the source tree.
#include <suzaku/server.hpp>

struct Room : suzaku::server::Channel {
  suzaku::server::JoinResult join(std::string_view, const suzaku::Payload&) override { return ok(); }
};

int main() {
  suzaku::server::Endpoint endpoint{{.host = "127.0.0.1", .port = 0}};
  endpoint.socket("/socket").channel<Room>("room:*");
  const bool served = endpoint.start().has_value() && endpoint.port() != 0;
  endpoint.drain();
  return served ? 0 : 1;
}
