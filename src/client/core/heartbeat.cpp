#include "client/core/heartbeat.hpp"

#include <string>
#include <utility>

#include "client/core/socket.hpp"
#include "protocol/message.hpp"

namespace suzaku::client::core {

void Heartbeat::schedule() {
  stop();
  const auto interval = socket_.options().heartbeat_interval;
  if (interval.count() == 0) return;
  timer_ = socket_.engine().after(interval, [this] {
    timer_ = Engine::kNoTimer;
    send(nullptr);
  });
}

void Heartbeat::send(std::shared_ptr<Completion> completion) {
  stop();  // the answer sets the timer again
  if (completion) completion->on_send();
  ref_ = socket_.start({.kind = Operation::Kind::heartbeat, .in_flight = true, .completion = std::move(completion)},
                       timeout());
  const auto sent = socket_.send({0, ref_, protocol::kPhoenixTopic, protocol::event::kHeartbeat, {}});
  if (!sent) socket_.drop({.kind = Disconnect::Kind::protocol_error, .message = sent.error().message});
}

void Heartbeat::on_reply(Ref ref) {
  if (ref == ref_) schedule();
}

void Heartbeat::on_expired(Ref ref, Operation heartbeat) {
  const TimePoint until = socket_.last_heard() + timeout();
  if (socket_.is_receiving() && until > socket_.engine().now()) {
    socket_.operations().put_back(ref, std::move(heartbeat), until);
    return;
  }
  socket_.counters().heartbeat_timeouts.add();
  socket_.drop(
      {.kind = Disconnect::Kind::heartbeat_timeout,
       .message = "the server did not answer a heartbeat within " + std::to_string(timeout().count()) + " ms"});
}

std::chrono::milliseconds Heartbeat::timeout() const noexcept {
  const SocketOptions& options = socket_.options();
  return options.heartbeat_timeout.count() > 0 ? options.heartbeat_timeout : options.timeout;
}

void Heartbeat::stop() {
  ref_ = 0;
  socket_.engine().cancel(std::exchange(timer_, Engine::kNoTimer));
}

}  // namespace suzaku::client::core
