// Who is there, and what they may do: a UserSocket that checks a token, channels that ask who the user is, and a
// moderator who can throw people out. Run `custom_auth [port]`, then with phoenix.js:
//
//   const socket = new Socket("ws://localhost:4000/socket", { authToken: "alice-token" });
//   socket.connect();
//   const room = socket.channel("room:lobby");
//   room.join();
//   room.push("say", { text: "hello" });       // all get "said" { from: "alice", text: "hello" }
//   room.push("kick", { user: "bob" });        // alice moderates: all of bob's connections end
//
// Clients that cannot send an auth token give it as a parameter instead: /socket/websocket?vsn=2.0.0&token=alice-token
#include <algorithm>
#include <array>
#include <cstdint>
#include <exception>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include <suzaku/server.hpp>

using namespace suzaku::server;
using suzaku::JsonObject;
using suzaku::Payload;

struct User {
  std::string_view token;
  std::string_view name;
  std::string_view private_room;  // besides the lobby
  bool moderator;
};

// A real program keeps its users elsewhere, and its tokens secret and short-lived.
constexpr std::array kUsers = {User{"alice-token", "alice", "staff", true}, User{"bob-token", "bob", "garden", false}};

const User* find_user(std::string_view token) {
  const auto* const found = std::ranges::find(kUsers, token, &User::token);
  return found == kUsers.end() ? nullptr : found;
}

std::string socket_id(std::string_view name) {
  return "user:" + std::string(name);
}

/// A member of a payload that must be a string; empty when it is not.
std::string text_of(const Payload& payload, std::string_view key) {
  const JsonObject* object = payload.is_object() ? payload.json().if_object() : nullptr;
  const auto* value = object ? object->if_contains(key) : nullptr;
  return value && value->is_string() ? std::string(value->get_string().c_str(), value->get_string().size())
                                     : std::string();
}

class TokenSocket : public UserSocket {
 public:
  ConnectResult connect(const ConnectInfo& info) override {
    const auto token = info.auth_token ? info.auth_token : info.param("token");
    const User* user = token ? find_user(*token) : nullptr;
    if (!user) return refuse();  // 403
    name_ = user->name;
    assigns().set("user", *user);  // every channel of this connection begins with it
    return accept();
  }

  /// What Endpoint::disconnect() calls the connections of this user.
  std::string id() const override { return socket_id(name_); }

 private:
  std::string name_;
};

class RoomChannel : public Channel {
 public:
  explicit RoomChannel(Endpoint& endpoint) : endpoint_(endpoint) {}

  JoinResult join(std::string_view topic, const Payload&) override {
    const std::string_view room = topic.substr(std::string_view("room:").size());
    if (room != "lobby" && room != user().private_room) return error({{"reason", "unauthorized"}});
    return ok({{"name", user().name}});
  }

  HandleResult handle_in(std::string_view event, const Payload& payload) override {
    if (event == "say") return say(text_of(payload, "text"));
    if (event == "kick") return kick(text_of(payload, "user"));
    return reply_error({{"reason", "unknown event"}});
  }

 private:
  const User& user() { return *assigns().get<User>("user"); }

  /// The name comes from the token, not from the client: no client can speak as another.
  HandleResult say(const std::string& text) {
    broadcast("said", {{"from", user().name}, {"text", text}});
    return reply_ok();
  }

  HandleResult kick(const std::string& name) {
    if (!user().moderator) return reply_error({{"reason", "unauthorized"}});
    endpoint_.disconnect(socket_id(name));
    return reply_ok();
  }

  Endpoint& endpoint_;
};

int main(int argc, char** argv) try {
  Endpoint endpoint{{.port = static_cast<std::uint16_t>(argc > 1 ? std::stoi(argv[1]) : 4000)}};
  endpoint.socket<TokenSocket>("/socket", {.auth_token = true}).channel("room:*", [&endpoint] {
    return std::make_unique<RoomChannel>(endpoint);
  });
  const auto done = endpoint.run([&] { std::cout << "listening on port " << endpoint.port() << std::endl; });
  if (done) return 0;
  std::cerr << done.error().message << '\n';
  return 1;
} catch (const std::exception& wrong) {
  std::cerr << "custom_auth [port]: " << wrong.what() << '\n';
  return 1;
}
