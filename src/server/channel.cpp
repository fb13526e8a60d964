#include <stdexcept>
#include <utility>

#include <suzaku/server/channel.hpp>

#include "base/thrown.hpp"
#include "protocol/encoder.hpp"
#include "server/channel_process.hpp"
#include "server/shard.hpp"
#include "server/socket.hpp"

namespace suzaku::server {

HandleResult Channel::handle_in(std::string_view event, const Payload&) {
  throw std::invalid_argument("no handler for the event \"" + std::string(event) + "\"");
}
std::vector<std::string> Channel::intercept() const {
  return {};
}
void Channel::handle_out(std::string_view event, const Payload& payload) {
  push(event, payload);
}
void Channel::handle_info(const std::any&) {}
void Channel::handle_room() {}
void Channel::terminate(TerminateReason) {}

JoinAnswer Channel::later() {
  return process_->later();
}

HandleResult Channel::reply(std::string_view status, const Payload& response) {
  return process_->reply(status, response);
}
ReplyRef Channel::reply_ref() const {
  return process_->reply_ref();
}
void Channel::stop() {
  process_->stop();
}
bool Channel::push(std::string_view event, const Payload& payload) {
  return process_->push(event, payload);
}
std::size_t Channel::room() {
  return process_->room();
}
void Channel::broadcast(std::string_view event, const Payload& payload) {
  process_->broadcast(event, payload, true);
}
void Channel::broadcast_from(std::string_view event, const Payload& payload) {
  process_->broadcast(event, payload, false);
}
void Channel::subscribe(std::string_view topic) {
  process_->subscribe(topic);
}
void Channel::unsubscribe(std::string_view topic) {
  process_->unsubscribe(topic);
}
ChannelHandle Channel::self() const {
  return process_->self();
}
Timer Channel::send_after(std::chrono::milliseconds delay, std::any message) {
  return process_->send_after(delay, std::move(message));
}
void Channel::run_blocking(std::function<void()> work) {
  process_->run_blocking(std::move(work));
}
const std::string& Channel::topic() const {
  return process_->topic();
}
std::string_view Channel::topic_suffix() const {
  return process_->topic_suffix();
}
Endpoint& Channel::endpoint() const {
  return process_->endpoint();
}
UserSocket& Channel::socket() const {
  return process_->socket().user();
}
Assigns& Channel::assigns() {
  return process_->assigns();
}

void JoinAnswer::ok(Payload response, Assigns assigns) const {
  answer({.accepted = true, .response = std::move(response)}, std::move(assigns));
}
void JoinAnswer::error(Payload response) const {
  answer({.accepted = false, .response = std::move(response)}, {});
}

// Always as a task of its own: the caller may be another channel, in the middle of a handler.
void JoinAnswer::answer(JoinResult result, Assigns assigns) const {
  if (!mailbox_) return;
  mailbox_->post([id = channel_, result = std::move(result), assigns = std::move(assigns)](Shard& shard) {
    if (const auto found = shard.channels.find(id); found != shard.channels.end())
      found->second->answer_join(result, assigns);
  });
}

void ChannelHandle::send(std::any message) const {
  if (!mailbox_) return;
  mailbox_->run([id = channel_, message = std::move(message)](Shard& shard) mutable {
    if (const auto found = shard.channels.find(id); found != shard.channels.end())
      found->second->enqueue(std::move(message));
  });
}

void ChannelHandle::push(std::string_view event, const Payload& payload) const {
  if (!mailbox_) return;
  mailbox_->run([id = channel_, event = std::string(event), payload](Shard& shard) {
    const auto found = shard.channels.find(id);
    if (found == shard.channels.end()) return;
    try {
      found->second->push(event, payload);
    } catch (...) {  // such as a payload that is no object
      shard.log().error("a push of {} on {} failed: {}", in_log(event), in_log(found->second->topic_json()),
                        what_is_thrown());
    }
  });
}

void Timer::cancel() const {
  if (mailbox_) mailbox_->run([timer = timer_](Shard& shard) { shard.loop.timers().cancel(timer); });
}

void ReplyRef::reply(std::string_view status, const Payload& response) const {
  if (!mailbox_) return;
  mailbox_->run([ref = *this, status = std::string(status), response](Shard& shard) {
    const auto found = shard.sockets.find(ref.connection_);
    if (found == shard.sockets.end()) return;
    try {
      found->second->send(
          {.join_ref = ref.join_ref_, .ref = ref.ref_, .topic = ref.topic_, .status = status, .payload = response});
    } catch (...) {  // such as bytes for a client of serializer V1; the handler is not at fault
      shard.log().error("a reply on {} to client {} cannot be sent: {}", in_log(ref.topic_), found->second->client(),
                        what_is_thrown());
    }
  });
}

}  // namespace suzaku::server
