#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

class Frames : public ClientTest {};

TEST_F(Frames, are_json_arrays_unless_the_payload_is_bytes) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  std::string heard;
  room.on("news", [&](const Message& message) { heard = message.payload.raw(); });
  room.push("shout", {{"a", 1}});
  const testing::Request text = connection.expect_push("room:1", "shout");
  EXPECT_FALSE(text.is_binary());
  EXPECT_EQ(text.raw().front(), '[');
  room.push("shout", Payload::binary("\x01"));
  EXPECT_TRUE(connection.expect_push("room:1", "shout").is_binary());
  connection.send_text(R"([null,null,"room:1","news",{"foo":[1,2]}])");
  EXPECT_EQ(heard, R"({"foo":[1,2]})");
}

/// topic,event,join_ref,ref,payload, as bytes.
class Commas final : public Serializer {
 public:
  std::string_view vsn() const noexcept override { return "9.9.9"; }
  bool encode(const Outgoing& message, std::string& out) override {
    out += std::string(message.topic) + ',' + std::string(message.event) + ',' + std::to_string(message.join_ref) +
           ',' + std::to_string(message.ref) + ',' + std::string(message.payload.raw());
    return true;
  }
  Result<Incoming> decode(std::string_view frame, bool is_binary) override {
    ++decoded;
    if (!is_binary) return failure("not bytes");
    const auto next = [&frame] {
      const std::string_view part = frame.substr(0, frame.find(','));
      frame.remove_prefix(part.size() + 1);
      return part;
    };
    Incoming message;
    message.topic = next();
    message.event = next();
    message.status = next();
    message.ref = std::stoull(std::string(next()));
    message.payload = Payload::from_text(std::string(frame));
    return message;
  }

  int decoded = 0;
};

TEST_F(Frames, can_be_of_the_users_own_making) {
  Socket custom{"ws://test/socket", server.options({.serializer = std::make_shared<Commas>()})};
  custom.connect();
  const testing::Attempt attempt = server.next_attempt();
  EXPECT_EQ(attempt.url(), "ws://test/socket/websocket?vsn=9.9.9");
  const testing::Connection connection = attempt.accept();
  Channel room = custom.channel("room:1", JoinParams{{"a", 1}});
  std::string heard;
  room.on("news", [&](const Message& message) { heard = message.payload.raw(); });
  const Push join = room.join();
  const testing::Request frame = connection.expect_frame();
  EXPECT_TRUE(frame.is_binary());
  const std::string raw(frame.raw());
  EXPECT_TRUE(raw.starts_with("room:1,phx_join,")) << raw;
  EXPECT_TRUE(raw.ends_with(R"(,{"a":1})")) << raw;
  const std::string refs = raw.substr(16, raw.find('{') - 17);
  const std::string ref = refs.substr(refs.find(',') + 1);
  connection.send_binary("room:1,phx_reply,ok," + ref + R"(,{"b":2})");
  EXPECT_EQ(server.reply_of(join).response.raw(), R"({"b":2})");
  connection.send_binary(R"(room:1,news,,0,{"c":3})");
  EXPECT_EQ(heard, R"({"c":3})");
}

TEST_F(Frames, that_a_serializer_throws_at_end_the_connection) {
  Socket custom{"ws://test/socket", server.options({.serializer = std::make_shared<Commas>()})};
  std::string why;
  custom.on_close([&](const Disconnect& reason) {
    EXPECT_EQ(reason.kind, Disconnect::Kind::protocol_error);
    why = reason.message;
  });
  custom.connect();
  const testing::Connection connection = server.accept();
  connection.send_binary("room:1,phx_reply,ok,no number,{}");
  EXPECT_NE(why.find("no Phoenix message"), why.npos) << why;
  EXPECT_EQ(custom.metrics().bad_frames, 1u);
  server.advance(1s);
  server.accept();
  EXPECT_TRUE(custom.is_connected());
}

TEST_F(Frames, that_come_in_while_a_destroyed_socket_closes_are_not_read) {
  const auto serializer = std::make_shared<Commas>();
  std::optional<Socket> custom(std::in_place, "ws://test/socket", server.options({.serializer = serializer}));
  custom->connect();
  const testing::Connection connection = server.accept();
  connection.stall();
  connection.send_binary("room:1,news,,0,{}");
  EXPECT_EQ(serializer->decoded, 1);
  custom.reset();
  server.run();
  connection.send_binary("room:1,news,,0,{}");
  EXPECT_EQ(serializer->decoded, 1);
}

}  // namespace
}  // namespace suzaku::client
