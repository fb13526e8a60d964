// Plays every transcript of golden.json, recorded from a real Phoenix 1.8.12, against our server over real sockets.

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <suzaku/json.hpp>
#include <suzaku/server.hpp>

#include "room_channel.hpp"
#include "support/client.hpp"

namespace suzaku::conformance {
namespace {

using test::Received;
using test::WebSocketClient;

std::string text_of(const Json& value) {
  return std::string(value.as_string());
}

JsonArray transcripts() {
  std::ifstream file(SUZAKU_GOLDEN);
  std::stringstream text;
  text << file.rdbuf();
  return boost::json::parse(text.str()).as_array();
}

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return bytes;
}

/// JSON as JavaScript reads it (all numbers are doubles), so that it compares with what the recorder wrote.
Json as_javascript(const Json& value) {
  if (value.is_number()) return Json(value.to_number<double>() + 0.0);
  if (value.is_array()) {
    JsonArray array;
    for (const Json& item : value.get_array()) array.push_back(as_javascript(item));
    return array;
  }
  if (value.is_object()) {
    JsonObject object;
    for (const auto& [key, item] : value.get_object()) object[key] = as_javascript(item);
    return object;
  }
  return value;
}

class GoldenTest : public testing::TestWithParam<JsonObject> {
 protected:
  GoldenTest() {
    mount(endpoint_);
    const auto started = endpoint_.start();
    if (!started) throw std::runtime_error(started.error().message);
  }

  WebSocketClient& client(const JsonObject& entry) { return clients_.at(name(entry)); }
  static std::string name(const JsonObject& entry) {
    return entry.contains("client") ? text_of(entry.at("client")) : "a";
  }

  void open(const JsonObject& entry) {
    const JsonObject& script = GetParam();
    std::string target = "/socket/websocket?vsn=" + text_of(script.at("vsn"));
    for (const Json& step : script.at("steps").as_array()) {  // the query stands in the steps, not in the log
      const JsonObject& open = step.as_object();
      if (open.contains("open") && open.contains("query") && name(open) == name(entry))
        target += text_of(open.at("query"));
    }
    clients_.try_emplace(name(entry), endpoint_.port(), target);
  }

  void expect_frame(const JsonObject& entry) {
    const Received got = client(entry).next();
    if (entry.contains("recv")) {
      ASSERT_EQ(got.kind, Received::Kind::text) << "close code " << got.close_code;
      EXPECT_EQ(as_javascript(boost::json::parse(got.payload)), as_javascript(entry.at("recv")))
          << "got " << got.payload;
    } else {
      ASSERT_EQ(got.kind, Received::Kind::binary);
      EXPECT_EQ(got.payload, from_hex(text_of(entry.at("recv_hex"))));
    }
  }

  void play(const JsonObject& entry) {
    if (entry.contains("event")) {
      const std::string event = text_of(entry.at("event"));
      if (event == "close") {
        // The transcript does not log that a client closed; its close step does.
        for (const Json& step : GetParam().at("steps").as_array())
          if (step.as_object().contains("close") && name(step.as_object()) == name(entry))
            client(entry).close(static_cast<std::uint16_t>(step.as_object().at("close").as_int64()));
        EXPECT_EQ(client(entry).next_close(), entry.at("code").as_int64());
        return;
      }
      open(entry);
      EXPECT_EQ(client(entry).status(), event == "open" ? 101 : entry.at("status").as_int64());
    } else if (entry.contains("send")) {
      client(entry).text(boost::json::serialize(entry.at("send")));
    } else if (entry.contains("send_raw")) {
      client(entry).text(text_of(entry.at("send_raw")));
    } else if (entry.contains("send_hex")) {
      client(entry).binary(from_hex(text_of(entry.at("send_hex"))));
    } else {
      expect_frame(entry);
    }
  }

  server::Endpoint endpoint_{{.host = "127.0.0.1", .port = 0, .loops = 2}};
  std::map<std::string, WebSocketClient> clients_;
};

TEST_P(GoldenTest, plays_as_recorded) {
  for (const Json& entry : GetParam().at("log").as_array()) {
    SCOPED_TRACE(boost::json::serialize(entry));
    play(entry.as_object());
    if (HasFatalFailure()) return;
  }
  // Nothing more may come: a frame that the recording does not have would be in front of this heartbeat's reply.
  for (auto& [name, client] : clients_) {
    const JsonArray& log = GetParam().at("log").as_array();
    const bool over = std::ranges::any_of(log, [&](const Json& entry) {
      return entry.as_object().contains("event") && entry.at("event") != "open" &&
             GoldenTest::name(entry.as_object()) == name;
    });
    if (over) continue;
    const bool v1 = GetParam().at("vsn") == "1.0.0";
    client.text(v1 ? R"({"topic":"phoenix","event":"heartbeat","payload":{},"ref":"end"})"
                   : R"([null,"end","phoenix","heartbeat",{}])");
    EXPECT_NE(client.next_text().find("\"end\""), std::string::npos);
  }
}

std::vector<JsonObject> without_presence() {
  std::vector<JsonObject> scripts;
  for (const Json& script : transcripts())
    if (!text_of(script.at("name")).starts_with("presence")) scripts.push_back(script.as_object());
  return scripts;
}

INSTANTIATE_TEST_SUITE_P(Phoenix, GoldenTest, testing::ValuesIn(without_presence()),
                         [](const auto& info) { return text_of(info.param.at("name")); });

}  // namespace
}  // namespace suzaku::conformance
