#include "server_test.hpp"

#include <set>
#include <sstream>
#include <thread>

#include "base/log.hpp"

namespace suzaku::test {

using namespace std::chrono_literals;

server::EndpointOptions options() {
  server::EndpointOptions options;
  options.host = "127.0.0.1";
  options.port = 0;
  options.loops = 2;
  return options;
}

void start(server::Endpoint& endpoint) {
  log::configure(log::Level::off, log::Format::text);
  if (const auto started = endpoint.start(); !started) throw std::runtime_error(started.error().message);
}

void ServerTest::serve(const std::function<void(server::Endpoint&)>& more) {
  endpoint_ = std::make_unique<server::Endpoint>(endpoint_options);
  endpoint_->socket("/socket", socket_factory, socket_options).channel("room:*", follow(script), channel_options);
  if (more) more(*endpoint_);
  start(*endpoint_);
}

void Notes::expect(const std::vector<std::string>& expected) const {
  await([&] { return all().size() >= expected.size(); }, "notes");
  EXPECT_EQ(all(), expected);
}

std::string name_of(server::TerminateReason reason) {
  using enum server::TerminateReason;
  switch (reason) {
    case left:
      return "left";
    case stopped:
      return "stopped";
    case crashed:
      return "crashed";
    case closed:
      return "closed";
    case disconnected:
      return "disconnected";
    case draining:
      return "draining";
    case duplicate_join:
      return "duplicate_join";
  }
  return "?";
}

Json next_json(WebSocketClient& client) {
  return json(client.next_text());
}

void expect_nothing_waits(WebSocketClient& client) {
  client.push("null", "nothing waits", "phoenix", "heartbeat");
  EXPECT_FRAME(client, R"([null,"nothing waits","phoenix","phx_reply",{"status":"ok","response":{}}])");
}

void await(const std::function<bool()>& condition, std::string_view what) {
  const auto deadline = std::chrono::steady_clock::now() + TcpClient::kPatience;
  while (!condition()) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "waited in vain: " << what;
    std::this_thread::sleep_for(2ms);
  }
}

server::JoinResult answer_thread() {
  std::ostringstream thread;
  thread << std::this_thread::get_id();
  return {.accepted = true, .response = {{"thread", thread.str()}}};
}

std::vector<WebSocketClient> on_two_loops(std::uint16_t port, const std::string& topic, std::size_t at_least) {
  std::vector<WebSocketClient> clients;
  std::set<std::string> threads;
  while (clients.size() < at_least || threads.size() < 2) {
    if (clients.size() > 200) throw std::runtime_error("one loop accepts all connections");
    WebSocketClient& client = clients.emplace_back(port);
    client.push("1", "1", topic, "phx_join");
    threads.insert(client.next_text());
  }
  return clients;
}

}  // namespace suzaku::test
