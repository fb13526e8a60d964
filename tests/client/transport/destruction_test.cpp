// A transport may be destroyed at any moment. These tests say little without a sanitizer.

#include <chrono>
#include <future>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "client.hpp"
#include "served_websocket.hpp"
#include "support/certificates.hpp"

namespace suzaku::test {
namespace {

using namespace std::chrono_literals;
using client::SocketOptions;

/// Destroys a transport when the server has got as far as `reached`, and expects to hear nothing of it.
void destroy_when(const std::string& scheme, const SocketOptions& options,
                  const std::function<void(ServedConnection&, std::promise<void>& reached)>& script) {
  std::promise<void> reached;
  ScriptedServer server([&](ServedConnection& connection) {
    script(connection, reached);
    connection.read_to_end();
  });
  SocketOptions with_proxy = options;
  if (options.proxy.value()) with_proxy.proxy = url_of(server, "http");
  Client client(with_proxy);
  client.open(url_of(server, scheme));
  reached.get_future().wait();
  client.destroy();
  EXPECT_FALSE(client.has_heard_more());
}

TEST(Destruction, at_once) {
  ScriptedServer server([](ServedConnection& connection) { connection.read_to_end(); });
  Client client;
  client.thread().run([&] {
    client.open_here(url_of(server));
    client.destroy_here();
  });
  EXPECT_FALSE(client.has_heard_more());
}

TEST(Destruction, with_a_failure_on_its_way) {
  Client client;
  client.thread().run([&] {
    client.open_here("no url");
    client.destroy_here();
  });
  EXPECT_FALSE(client.has_heard_more());
}

TEST(Destruction, while_connecting) {
  destroy_when("ws", {}, [](ServedConnection&, std::promise<void>& reached) { reached.set_value(); });
}

TEST(Destruction, while_the_proxy_thinks) {
  destroy_when("ws", {.proxy = ""}, [](ServedConnection& connection, std::promise<void>& reached) {
    read_request(connection);
    connection.write("HTTP/1.1 200 ");
    reached.set_value();
  });
}

TEST(Destruction, in_the_tls_handshake) {
  destroy_when("wss", {}, [](ServedConnection& connection, std::promise<void>& reached) {
    connection.read_some();
    reached.set_value();
  });
}

TEST(Destruction, while_the_server_thinks) {
  destroy_when("ws", {}, [](ServedConnection& connection, std::promise<void>& reached) {
    read_request(connection);
    connection.write("HTTP/1.1 101 ");
    reached.set_value();
  });
}

/// Destroys it in the first callback of this kind, after which nothing may come.
void destroy_within(Heard::Kind kind, const ScriptedServer::Script& script,
                    const std::function<void(Client&)>& when_open = {}, const SocketOptions& options = {}) {
  ScriptedServer server(script);
  Client client(options);
  client.within = [kind](Heard::Kind heard, std::unique_ptr<client::Transport>& transport) {
    if (heard == kind) transport.reset();
  };
  client.open(url_of(server));
  if (when_open) {
    client.await_open();
    when_open(client);
  }
  while (client.next().kind != kind) {
  }
  EXPECT_FALSE(client.has_heard_more());
}

TEST(Destruction, within_on_open) {
  destroy_within(Heard::Kind::open, [](ServedConnection& connection) {
    ServedWebSocket websocket(connection);
    connection.read_to_end();
  });
}

TEST(Destruction, within_on_open_with_messages_behind_it) {
  destroy_within(Heard::Kind::open, [](ServedConnection& connection) {
    const std::string request = read_request(connection);
    connection.write(granted(request) + std::string(ws::make_frame(ws::Opcode::text, "early").view()));
    connection.read_to_end();
  });
}

TEST(Destruction, within_on_message_with_messages_behind_it) {
  destroy_within(Heard::Kind::text, [](ServedConnection& connection) {
    ServedWebSocket websocket(connection);
    std::string both(ws::make_frame(ws::Opcode::text, "first").view());
    both += ws::make_frame(ws::Opcode::text, "second").view();
    websocket.raw(both);
    connection.read_to_end();
  });
}

TEST(Destruction, within_on_drained) {
  destroy_within(
      Heard::Kind::drained,
      [](ServedConnection& connection) {
        ServedWebSocket websocket(connection);
        connection.read_to_end();
      },
      [](Client& client) { client.text(std::string(1'000'000, 'x')); }, {.max_unsent = 1'000});
}

TEST(Destruction, within_on_closed) {
  for (const std::string answer : {"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", "garbage", ""})
    destroy_within(Heard::Kind::closed, [&](ServedConnection& connection) {
      read_request(connection);
      connection.write(answer);
    });
  destroy_within(Heard::Kind::closed, [](ServedConnection& connection) {
    ServedWebSocket websocket(connection);
    websocket.close(1'012);
    connection.read_to_end();
  });
  destroy_within(
      Heard::Kind::closed,
      [](ServedConnection& connection) {
        ServedWebSocket websocket(connection);
        connection.read_to_end();
      },
      [](Client& client) { client.close(1'000); }, {.close_timeout = 20ms});
}

TEST(Destruction, while_the_closing_handshake_goes_on) {
  std::promise<void> reached;
  ScriptedServer server([&](ServedConnection& connection) {
    ServedWebSocket websocket(connection);
    websocket.next();
    reached.set_value();
    connection.read_to_end();
  });
  Client client;
  client.open(url_of(server));
  client.await_open();
  client.close(1'000);
  reached.get_future().wait();
  client.destroy();
  EXPECT_FALSE(client.has_heard_more());
}

TEST(Destruction, of_everything_while_the_connection_runs_out) {
  std::promise<void> go_on;
  ScriptedServer server([&](ServedConnection& connection) {
    ServedWebSocket websocket(connection);
    websocket.close(1'012);
    go_on.get_future().wait();
  });
  {
    Client client;
    client.open(url_of(server));
    client.await_open();
    client.next(Heard::Kind::closed);
  }
  go_on.set_value();
}

TEST(Destruction, when_the_loop_has_stopped) {
  class Deaf final : public client::Transport::Handler {
    void on_open() override { opened.set_value(); }
    void on_message(protocol::FrameType, std::string_view) override {}
    void on_drained() override {}
    void on_closed(const client::Disconnect&) override {}

   public:
    std::promise<void> opened;
  };
  ScriptedServer server([](ServedConnection& connection) {
    ServedWebSocket websocket(connection);
    connection.read_to_end();
  });
  const SocketOptions options;
  for (const bool open : {true, false}) {
    Deaf handler;
    net::Loop loop;
    client::transport::Shared shared(loop);
    std::unique_ptr<client::Transport> transport;
    std::thread thread([&] { loop.run(); });
    loop.post([&] {
      transport = client::transport::open_websocket(shared, {.url = url_of(server), .auth_token = "", .proxy = ""},
                                                    options, handler);
    });
    if (open) handler.opened.get_future().wait();
    loop.stop();
    thread.join();
    transport.reset();
  }
}

}  // namespace
}  // namespace suzaku::test
