#include <suzaku/server_testing/channel.hpp>

#include "server_testing/client_impl.hpp"

namespace suzaku::server_testing {
namespace {

namespace event = protocol::event;

ClientImpl::Matcher reply_to(const std::string& topic, const std::string& ref) {
  return [=](const Message& message) {
    return message.event == event::kReply && message.topic == topic && message.ref == ref;
  };
}

std::string quoted(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

/// A message to this channel: its own, or one to all of the topic, which has no join_ref.
ClientImpl::Matcher message_of(const std::string& topic, const std::string& join_ref, std::string_view name,
                               const Payload& payload = {}) {
  return [=, name = std::string(name)](const Message& message) {
    return message.topic == topic && message.event == name &&
           (message.join_ref.empty() || message.join_ref == join_ref) && matches(message.payload, payload);
  };
}

}  // namespace

Payload Push::expect_reply(std::string_view status, const Payload& payload) const {
  const auto is_reply = reply_to(topic_, ref_);
  return client_
      ->expect(
          [&](const Message& message) {
            return is_reply(message) && message.status == status && matches(message.payload, payload);
          },
          "the reply " + quoted(status) + with(payload) + " to its message " + ref_ + " on " + quoted(topic_))
      .payload;
}

void Push::refute_reply() const {
  client_->refute(reply_to(topic_, ref_), "a reply to its message " + ref_ + " on " + quoted(topic_));
}

Push Channel::push(std::string_view name, const Payload& payload) const {
  const std::string ref = client_->next_ref();
  client_->send({.join_ref = join_ref_, .ref = ref, .topic = topic_, .event = std::string(name), .payload = payload});
  return Push(client_, topic_, ref);
}

Push Join::push(std::string_view name, const Payload& payload) const {
  return Channel(push_.client_, push_.topic_, push_.ref_, {}).push(name, payload);
}

Push Join::leave() const {
  return push(event::kLeave);
}

Push Channel::leave() const {
  return push(event::kLeave);
}

Payload Channel::expect_push(std::string_view name, const Payload& payload) const {
  return client_
      ->expect(message_of(topic_, join_ref_, name, payload), quoted(name) + " on " + quoted(topic_) + with(payload))
      .payload;
}

void Channel::refute_push(std::string_view name) const {
  client_->refute(message_of(topic_, join_ref_, name), quoted(name) + " on " + quoted(topic_));
}

void Channel::expect_close() const {
  client_->expect(message_of(topic_, join_ref_, event::kClose), "phx_close of " + quoted(topic_));
}

void Channel::expect_error() const {
  client_->expect(message_of(topic_, join_ref_, event::kError), "phx_error of " + quoted(topic_));
}

Channel Join::expect_ok(const Payload& response) const {
  return Channel(push_.client_, push_.topic_, push_.ref_, push_.expect_reply("ok", response));
}

}  // namespace suzaku::server_testing
