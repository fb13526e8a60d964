#include "client/core/heartbeat.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "client/core/socket.hpp"
#include "protocol/message.hpp"

namespace suzaku::client::core {

void Heartbeat::schedule() {
  stop();
  schedule_after(socket_.options().heartbeat_interval);
}

void Heartbeat::schedule_after(std::chrono::milliseconds delay) {
  if (socket_.options().heartbeat_interval.count() == 0) return;
  timer_ = socket_.engine().after(delay, [this] {
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
  if (socket_.is_paused()) {  // the answer is not read, but the server expects heartbeats
    stop();
    const auto interval = socket_.options().heartbeat_interval;
    schedule_after(interval - std::min(interval, timeout()));
    return;
  }
  // While a message comes in, and just after a pause, the answer is still behind what comes before it.
  TimePoint until = socket_.resumed_at() + timeout();
  if (socket_.is_receiving()) until = std::max(until, socket_.last_heard() + timeout());
  if (until > socket_.engine().now()) {
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
