#include <memory>
#include <string>
#include <vector>

#include "client/client_test.hpp"
#include "client/testing/virtual_engine.hpp"

namespace suzaku::client {
namespace {

/// Notes what is sent.
class NotingTransport final : public Transport {
 public:
  explicit NotingTransport(std::vector<std::string>& sent) : sent_(sent) {}

  void send(protocol::FrameType, std::string_view message) override { sent_.emplace_back(message); }
  void close(std::uint16_t, std::string_view) override {}
  void pause_reading() override {}
  void resume_reading() override {}
  std::size_t buffered() const noexcept override { return 0; }

 private:
  std::vector<std::string>& sent_;
};

/// A message that arrives slowly, before the answer to a heartbeat.
class SlowMessage : public ::testing::Test {
 protected:
  SlowMessage() {
    socket.on_close([this](const Disconnect& reason) { end = to_string(reason.kind); });
    engine->set_connector([this](const Target&, const SocketOptions&, Transport::Handler& handler) {
      client = &handler;
      return std::make_unique<NotingTransport>(sent);
    });
    socket.connect();
    engine->run();
    client->on_open();
  }
  void send_heartbeat() {
    engine->advance(30s);
    ASSERT_EQ(sent, std::vector<std::string>{R"([null,"1","phoenix","heartbeat",{}])"});
  }
  void part_comes_after(Duration time) {
    engine->advance(time);
    client->on_bytes();
  }
  void rest_comes_after(Duration time, const std::string& message = R"([null,null,"room:1","news",{}])") {
    part_comes_after(time);
    const std::string padded = message + std::string(64, ' ');
    client->on_message(protocol::FrameType::text, std::string_view(padded).substr(0, message.size()));
  }

  std::vector<std::string> sent;
  std::string end;
  Transport::Handler* client = nullptr;
  std::shared_ptr<testing::VirtualEngine> engine = std::make_shared<testing::VirtualEngine>(std::nullopt);
  Socket socket{"ws://test/socket", {.runtime = Runtime(engine)}};
};

TEST_F(SlowMessage, is_waited_for_before_the_answer_behind_it) {
  send_heartbeat();
  for (int i = 0; i < 5; ++i) part_comes_after(9s);
  rest_comes_after(9s);
  rest_comes_after(500ms, R"([null,"1","phoenix","phx_reply",{"status":"ok","response":{}}])");
  engine->advance(30s - 1ms);
  EXPECT_EQ(end, "");
  EXPECT_EQ(sent.size(), 1u);
  engine->advance(1ms);
  EXPECT_EQ(sent.size(), 2u) << "the next one, an interval after the answer";
}

TEST_F(SlowMessage, that_comes_to_a_halt_ends_the_connection) {
  send_heartbeat();
  part_comes_after(9s);
  engine->advance(10s - 1ms);
  EXPECT_EQ(end, "");
  engine->advance(1ms);
  EXPECT_EQ(end, "heartbeat_timeout");
}

TEST_F(SlowMessage, that_came_to_a_halt_before_the_heartbeat_is_not_waited_for) {
  part_comes_after(1s);
  engine->advance(29s);
  engine->advance(10s);
  EXPECT_EQ(end, "heartbeat_timeout");
}

TEST_F(SlowMessage, that_has_come_is_no_answer) {
  send_heartbeat();
  part_comes_after(8s);
  rest_comes_after(1s);
  engine->advance(1s);
  EXPECT_EQ(end, "heartbeat_timeout");
}

}  // namespace
}  // namespace suzaku::client
