#pragma once

#include <string>
#include <string_view>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <suzaku/json.hpp>

#include "client/transport/served_websocket.hpp"
#include "support/scripted_server.hpp"

namespace suzaku::client::real {

/// The server's end of a connection that speaks Phoenix, V2, for ScriptedServer.
class ServedPhoenix {
 public:
  explicit ServedPhoenix(test::ServedConnection& connection) : websocket_(connection) {}

  /// Answers the next message with ok. False when the client has closed.
  bool answer() {
    const auto received = websocket_.next();
    if (received.kind == test::Received::Kind::close) websocket_.close(1000);
    if (received.kind != test::Received::Kind::text) return false;
    const Json message = boost::json::parse(received.payload);
    websocket_.text(boost::json::serialize(Json{message.at(0), message.at(1), message.at(2), "phx_reply",
                                                Json{{"status", "ok"}, {"response", JsonObject()}}}));
    return true;
  }
  /// Until the client closes.
  void answer_all() {
    while (answer()) {
    }
  }
  /// Reads until the client closes, and answers nothing.
  void ignore_all() {
    while (websocket_.next().kind == test::Received::Kind::text) {
    }
  }
  /// `payload`: JSON.
  void tell(std::string_view topic, std::string_view event, std::string_view payload = "{}") {
    websocket_.text(R"([null,null,")" + std::string(topic) + R"(",")" + std::string(event) + R"(",)" +
                    std::string(payload) + "]");
  }
  test::ServedWebSocket& websocket() noexcept { return websocket_; }

 private:
  test::ServedWebSocket websocket_;
};

}  // namespace suzaku::client::real
