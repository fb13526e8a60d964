// The C++ of docs/guides/server.md, and what it leaves to the reader.
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <suzaku/server.hpp>

struct Welcome {};
bool may_enter(const std::string& user, std::string_view topic);
std::optional<std::string> verify(const std::string& token);
struct Database {
  suzaku::Json find(const suzaku::Json& query);
};
extern Database database;

struct RoomChannel : suzaku::server::Channel {
#include "server.md/events"
#include "server.md/joining"

  HandleResult answer_later(const Payload& payload) {
#include "server.md/answering_later"
  }
  void push_payloads(const suzaku::Json& my_json, std::string bytes) {
#include "server.md/payloads"
  }
};

#include "server.md/who_is_it"

void mount(suzaku::server::Endpoint& endpoint) {
#include "server.md/who_is_it_2"
}
