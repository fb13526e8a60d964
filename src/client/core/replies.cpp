#include "client/core/replies.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/message.hpp"
#include "protocol/try_again.hpp"

namespace suzaku::client::core {
namespace {

constexpr std::array<std::pair<std::string_view, Refusal>, 3> kRefusals = {{
    {protocol::join_refusal::kUnmatchedTopic, Refusal::unmatched_topic},
    {protocol::join_refusal::kTooManyChannels, Refusal::too_many_channels},
    {protocol::join_refusal::kJoinCrashed, Refusal::join_crashed},
}};

Refusal refusal_in(const Payload& response) {
  if (!response.is_object()) return Refusal::none;
  const auto* reason = response.json().as_object().if_contains("reason");
  if (!reason || !reason->is_string()) return Refusal::none;
  for (const auto& [text, refusal] : kRefusals) {
    if (std::string_view(reason->get_string()) == text) return refusal;
  }
  return Refusal::none;
}

std::string explain(const Reply& reply) {
  switch (reply.refusal) {
    case Refusal::unmatched_topic:
      return "the server has no such channel: it was not joined, or has ended";
    case Refusal::too_many_channels:
      return "the server allows no more channels on one connection (Phoenix: 100); open a second socket for the rest";
    case Refusal::join_crashed:
      return "the server's channel raised while joining";
    case Refusal::none:
      break;
  }
  constexpr std::size_t kEnough = 200;
  std::string text = "the server answered \"" + reply.status + '"';
  if (!reply.response.is_binary()) text.append(" ").append(reply.response.raw().substr(0, kEnough));
  return text;
}

}  // namespace

std::string_view reason_of(Refusal refusal) noexcept {
  const auto found = std::ranges::find(kRefusals, refusal, &std::pair<std::string_view, Refusal>::second);
  return found == kRefusals.end() ? std::string_view() : found->first;
}

Reply reply_from(const Serializer::Incoming& message) {
  if (!message.payload_error.empty())
    return ended(Outcome::error, "the server's reply cannot be read: " + message.payload_error, true);
  Reply reply{.status = std::string(message.status), .response = message.payload, .was_sent = true};
  if (message.status == "ok") return reply;
  reply.outcome = Outcome::error;
  reply.refusal = refusal_in(reply.response);
  reply.message = explain(reply);
  return reply;
}

Message message_from(const Serializer::Incoming& message) noexcept {
  // A broadcast carries no join_ref.
  const auto kind = message.event == protocol::event::kReply ? Message::Kind::reply
                    : message.join_ref != 0                  ? Message::Kind::push
                                                             : Message::Kind::broadcast;
  return {.topic = message.topic, .event = message.event, .payload = message.payload, .kind = kind};
}

Reply ended(Outcome outcome, std::string message, bool was_sent) {
  return {.outcome = outcome,
          .status = std::string(to_string(outcome)),
          .was_sent = was_sent,
          .message = std::move(message)};
}

}  // namespace suzaku::client::core
