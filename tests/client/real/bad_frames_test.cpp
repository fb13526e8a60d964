// Frames that are no Phoenix messages end the connection, which is made again. A message whose payload, topic or event
// cannot be read is dropped.
#include <string>

#include <gtest/gtest.h>

#include "real.hpp"
#include "served_phoenix.hpp"
#include "support/inbox.hpp"
#include "ws/frame.hpp"

namespace suzaku::client::real {
namespace {

using namespace std::string_literals;
using ws::Opcode;

struct Bad {
  std::string name;
  Opcode opcode;
  std::string payload;
};
void PrintTo(const Bad& bad, std::ostream* out) {
  *out << bad.name;
}

constexpr std::size_t kMaxMessage = 10'000;

class BadFrame : public testing::TestWithParam<Bad> {};
INSTANTIATE_TEST_SUITE_P(
    Of, BadFrame,
    testing::Values(Bad{"nothing", Opcode::text, ""}, Bad{"no_json", Opcode::text, "hello"},
                    Bad{"half_a_message", Opcode::text, R"([null,null,"room:1","shout",{)"},
                    Bad{"an_object", Opcode::text, R"({"topic":"room:1"})"},
                    Bad{"too_few", Opcode::text, R"(["room:1"])"},
                    Bad{"a_number_for_a_topic", Opcode::text, R"([null,null,7,"shout",{}])"},
                    Bad{"a_number_for_an_event", Opcode::text, R"([null,null,"room:1",7,{}])"},
                    Bad{"two_messages", Opcode::text, R"([null,null,"a","b",{}][null,null,"a","b",{}])"},
                    Bad{"no_utf8", Opcode::text, "[null,null,\"room:1\",\"shout\",{\"a\":\"\xff\xfe\"}]"},
                    Bad{"deep_nesting", Opcode::text, std::string(5'000, '[')},
                    Bad{"too_much", Opcode::text, std::string(kMaxMessage + 1, ' ')},
                    Bad{"an_empty_binary", Opcode::binary, ""},
                    Bad{"an_unknown_kind", Opcode::binary,
                        "\x09"s
                        "abcdef"},
                    Bad{"half_a_binary_header", Opcode::binary, "\x00\x01"s},
                    Bad{"a_binary_cut_short", Opcode::binary,
                        "\x00\x01\x06\x05"s
                        "1room"},
                    Bad{"a_binary_reply_cut_short", Opcode::binary,
                        "\x01\x01\x01\x06\x02"s
                        "11roo"},
                    Bad{"a_reserved_opcode", static_cast<Opcode>(3), "x"}),
    [](const auto& parameter) { return parameter.param.name; });

TEST_P(BadFrame, ends_the_connection_and_is_counted_and_the_next_one_is_fine) {
  bool is_first = true;
  test::ScriptedServer server([&](test::ServedConnection& connection) {
    ServedPhoenix phoenix(connection);
    phoenix.answer();
    if (std::exchange(is_first, false)) {
      phoenix.tell("room:1", "shout", R"({"n":1})");
      phoenix.websocket().frame(GetParam().opcode, GetParam().payload);
    } else {
      phoenix.tell("room:1", "shout", R"({"n":2})");
    }
    phoenix.answer_all();
  });
  SocketOptions options = quick_options();
  options.max_message_size = kMaxMessage;
  Socket socket(url_of(server.port()), options);
  test::Inbox<Disconnect> closes;
  socket.on_close([&](const Disconnect& reason) { closes.add(reason); });
  Channel room = socket.channel("room:1");
  EventStream shouts = room.events("shout");
  room.join();
  socket.connect();

  const Disconnect reason = closes.next();
  EXPECT_EQ(reason.kind, Disconnect::Kind::protocol_error) << reason.message;
  EXPECT_NE(reason.message, "");
  for (int i = 1; i <= 2; ++i) {
    const auto shout = shouts.next().get_for(kSoon);
    ASSERT_TRUE(shout) << i;
    EXPECT_EQ(shout->payload.json().at("n"), Json(i));
  }
  ok(room.push("echo"));
  EXPECT_EQ(socket.metrics().bad_frames, 1U);
  EXPECT_EQ(socket.metrics().connects, 2U);
  EXPECT_EQ(closes.size(), 0U);
}

class BadPayload : public testing::TestWithParam<Bad> {};
INSTANTIATE_TEST_SUITE_P(
    Of, BadPayload,
    testing::Values(Bad{"half_a_surrogate_pair", Opcode::text, R"([null,null,"room:1","shout",{"x":"\ud800"}])"},
                    Bad{"half_a_surrogate_pair_in_a_topic", Opcode::text, R"([null,null,"\ud800","shout",{}])"},
                    Bad{"half_a_surrogate_pair_in_an_event", Opcode::text, R"([null,null,"room:1","\udc00",{}])"},
                    Bad{"half_a_surrogate_pair_in_a_ref", Opcode::text,
                        R"([null,"\ud800","room:1","phx_reply",{"status":"ok","response":{}}])"},
                    Bad{"a_close_of_a_topic_that_cannot_be_read", Opcode::text,
                        R"([null,null,"\ud800","phx_close",{}])"},
                    Bad{"a_binary_event_that_is_no_utf8", Opcode::binary,
                        "\x02\x06\x01"s
                        "room:1\xff"},
                    Bad{"a_number_beyond_a_double", Opcode::text, R"([null,null,"room:1","shout",{"x":1e400}])"},
                    Bad{"too_many_levels", Opcode::text,
                        R"([null,null,"room:1","shout",)" + std::string(1'200, '[') + std::string(1'200, ']') + "]"},
                    Bad{"a_reply_without_a_status", Opcode::text, R"([null,"1","room:1","phx_reply",{}])"},
                    Bad{"a_user_broadcast_that_is_no_json", Opcode::binary, "\x04\x06\x05\x00\x01room:1shout{"s}),
    [](const auto& parameter) { return parameter.param.name; });

TEST_P(BadPayload, drops_the_message_and_is_counted_and_the_connection_stays) {
  test::ScriptedServer server([&](test::ServedConnection& connection) {
    ServedPhoenix phoenix(connection);
    phoenix.answer();
    phoenix.tell("room:1", "shout", R"({"n":1})");
    phoenix.websocket().frame(GetParam().opcode, GetParam().payload);
    phoenix.tell("room:1", "shout", R"({"n":2})");
    phoenix.answer_all();
  });
  Socket socket(url_of(server.port()), quick_options());
  Channel room = socket.channel("room:1");
  EventStream shouts = room.events("*");
  room.join();
  socket.connect();
  for (int i = 1; i <= 2; ++i) {
    const auto shout = shouts.next().get_for(kSoon);
    ASSERT_TRUE(shout) << i;
    EXPECT_EQ(shout->payload.json().at("n"), Json(i));
  }
  ok(room.push("echo"));
  EXPECT_EQ(socket.metrics().bad_payloads, 1U);
  EXPECT_EQ(socket.metrics().bad_frames, 0U);
  EXPECT_EQ(socket.metrics().connects, 1U);
}

/// Strange, but not wrong.
TEST(StrangeFrame, does_no_harm) {
  test::ScriptedServer server([&](test::ServedConnection& connection) {
    ServedPhoenix phoenix(connection);
    phoenix.answer();
    for (const std::string_view frame : {
             R"([null,null,"nobody:listens","shout",{}])",
             R"(["777",null,"room:1","shout",{}])",
             R"([null,"777","room:1","phx_reply",{"status":"ok","response":{}}])",
             R"([null,"huge and not ours","room:1","phx_reply",{"status":"ok","response":{}}])",
             R"([null,null,"phoenix","phx_error",{}])",
             R"([null,null,"nobody:listens","phx_close",{}])",
             R"(["0","0","","",{}])",
             R"([null,null,"room:1","shout",[1,2,3]])",
             R"([null,null,"room:1","shout",{},"a sixth element"])",
         }) {
      phoenix.websocket().text(frame);
    }
    phoenix.websocket().frame(Opcode::ping, "are you there?");
    if (phoenix.websocket().next().payload != "are you there?") return;
    phoenix.tell("room:1", "last");
    phoenix.answer_all();
  });
  Socket socket(url_of(server.port()), quick_options());
  Channel room = socket.channel("room:1");
  EventStream last = room.events("last");
  room.join();
  socket.connect();
  EXPECT_TRUE(last.next().get_for(kSoon));
  ok(room.push("echo"));
  EXPECT_EQ(socket.metrics().bad_frames, 0U);
  EXPECT_EQ(socket.metrics().connects, 1U);
  EXPECT_EQ(socket.metrics().stray_replies, 2U);
}

}  // namespace
}  // namespace suzaku::client::real
