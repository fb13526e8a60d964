#include "room_channel.hpp"

#include <chrono>
#include <stdexcept>

#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

namespace suzaku::conformance {

using server::HandleResult;
using server::JoinResult;

namespace {

struct LateReply {
  server::ReplyRef ref;
  Payload payload;
};

Payload join_response(std::string_view topic, const Payload& params) {
  if (params.is_binary()) return {{"topic", topic}};
  return {{"topic", topic}, {"params", params.json()}};
}

}  // namespace

server::ConnectResult UserSocket::connect(const server::ConnectInfo& info) {
  if (info.param("token") == "bad") return refuse();
  if (const auto user = info.param("user_id")) id_ = "user_socket:" + *user;
  return accept();
}

JoinResult RoomChannel::join(std::string_view topic, const Payload& params) {
  if (topic == "room:forbidden") return error({{"reason", "unauthorized"}});
  if (topic == "room:crash") throw std::runtime_error("this room crashes");
  return ok(join_response(topic, params));
}

HandleResult RoomChannel::handle_in(std::string_view event, const Payload& payload) {
  if (event == "echo" || event == "bin") return reply_ok(payload);
  if (event == "echo_error") return reply_error(payload);
  if (event == "ok_only") return reply_ok();
  if (event == "noreply") return no_reply();
  if (event == "custom_status") return reply("weird", payload);
  if (event == "shout") {
    broadcast("shout", payload);
    return reply_ok();
  }
  if (event == "shout_from") {
    broadcast_from("shout", payload);
    return no_reply();
  }
  if (event == "push_me") {
    push("pushed", payload);
    return no_reply();
  }
  if (event == "intercept_me") {
    broadcast("intercepted", payload);
    return no_reply();
  }
  if (event == "bin_shout") {
    broadcast("bin_shout", payload);
    return no_reply();
  }
  if (event == "reply_later") {
    send_after(std::chrono::milliseconds(50), LateReply{reply_ref(), payload});
    return no_reply();
  }
  if (event == "two_replies") {
    reply_ref().reply_ok({{"first", 1}});
    return reply_ok({{"second", 2}});
  }
  if (event == "disconnect_user") {
    endpoint_.disconnect("user_socket:" + std::string(payload.json().at("id").as_string()));
    return reply_ok();
  }
  if (event == "stop") {
    stop();
    return no_reply();
  }
  if (event == "stop_reply") {
    stop();
    return reply_ok(payload);
  }
  throw std::runtime_error("boom");
}

void RoomChannel::handle_out(std::string_view event, const Payload& payload) {
  if (payload.is_binary()) {
    push(event, payload);
    return;
  }
  JsonObject seen = payload.json().as_object();
  seen["seen"] = true;
  push(event, Json(std::move(seen)));
}

void RoomChannel::handle_info(const std::any& message) {
  if (const auto* late = std::any_cast<LateReply>(&message)) late->ref.reply_ok(late->payload);
}

void mount(server::Endpoint& endpoint) {
  const auto make = [&endpoint] { return std::make_unique<RoomChannel>(endpoint); };
  // realtime:* is where supabase's client puts its topics.
  endpoint.socket<UserSocket>("/socket").channel("room:*", make).channel("realtime:*", make);
}

}  // namespace suzaku::conformance
