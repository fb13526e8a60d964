// The C++ of docs/guides/server.md, and what it leaves to the reader.
#include <any>
#include <fstream>
#include <functional>
#include <memory>
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
  std::optional<suzaku::Json> history(const std::string& room);
};
void find_session(const std::string& id, std::function<void(const std::optional<std::string>&)> then);
std::string file_of(std::string_view name);
void audit(const std::string& event, const suzaku::Payload& payload);
void make_report(std::function<void(const suzaku::Json&)> then);
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

struct PatientChannel : suzaku::server::Channel {
#include "server.md/a_join_that_has_to_wait"
};

struct DownloadChannel : suzaku::server::Channel {
  JoinResult join(std::string_view, const Payload&) override { return ok(); }
#include "server.md/much_to_push"
};

#include "server.md/who_is_it"

using suzaku::server::Assigns;
#include "server.md/who_is_it_3"

void mount(suzaku::server::Endpoint& endpoint) {
#include "server.md/who_is_it_2"
}

void listen(suzaku::server::Endpoint& endpoint) {
  using suzaku::server::TopicMessage;
#include "server.md/messages_from_elsewhere"
}

void serve_http(suzaku::server::Endpoint& endpoint) {
  using suzaku::Payload;
  using suzaku::server::Cors;
  using suzaku::server::HttpAnswer;
  using suzaku::server::HttpRequest;
  using suzaku::server::HttpResponse;
  using suzaku::server::HttpResult;
  using suzaku::server::HttpStream;
  using suzaku::server::TopicMessage;
  using suzaku::server::TopicSubscription;
#include "server.md/http"
#include "server.md/http_2"
#include "server.md/http_3"
}
