#include "client/core/pushes.hpp"

#include <string>
#include <utility>
#include <vector>

#include "client/core/replies.hpp"
#include "client/core/socket.hpp"

namespace suzaku::client::core {
namespace {

constexpr std::size_t kFewSent = 64;

}  // namespace

Pushes::~Pushes() {
  count_waiting(-static_cast<std::ptrdiff_t>(waiting_));
}

void Pushes::add(Operation push, std::chrono::milliseconds timeout, Ref join_ref) {
  push.channel = &channel_;
  if (join_ref == 0 || waiting_ > 0 || !may_send()) {
    wait(std::move(push), timeout);
    return;
  }
  const Ref ref = socket_.start(std::move(push), timeout);
  send(ref, *socket_.operations().find(ref), join_ref);
}

void Pushes::wait(Operation push, std::chrono::milliseconds timeout) {
  const SocketOptions& options = socket_.options();
  if (waiting_ >= options.max_buffered && options.overflow == Overflow::fail) {
    socket_.finish(push, ended(Outcome::buffer_full, std::to_string(waiting_) + " pushes wait already"));
    return;
  }
  while (waiting_ >= options.max_buffered && options.overflow == Overflow::drop_oldest && !queue_.empty()) {
    auto oldest = socket_.operations().take(queue_.front());
    queue_.pop_front();
    if (!oldest) continue;
    count_waiting(-1);
    socket_.finish(*oldest, ended(Outcome::buffer_full, "newer pushes took its place in the buffer"));
  }
  queue_.push_back(socket_.start(std::move(push), timeout));
  count_waiting(1);
}

void Pushes::flush(Ref join_ref, bool all) {
  while (!queue_.empty() && (all || may_send())) {
    const Ref ref = queue_.front();
    queue_.pop_front();
    Operation* push = socket_.operations().find(ref);
    if (!push) continue;
    count_waiting(-1);
    push->sent_at = socket_.engine().now();
    send(ref, *push, join_ref);
  }
}

void Pushes::send(Ref ref, Operation& push, Ref join_ref) {
  const auto frame = socket_.encode({join_ref, ref, observer_.topic(), push.event, push.payload});
  if (!frame) {
    auto refused = socket_.operations().take(ref);
    socket_.finish(*refused, ended(Outcome::error, frame.error().message));
    return;
  }
  if (!push.completion->on_send()) {
    forget_cancelled(ref);
    return;
  }
  push.in_flight = true;
  push.join_ref = join_ref;
  socket_.send(*frame);
  forget_ended();
  sent_.push_back(ref);
  ++in_flight_;
  if (push.resend == Resend::never) {
    push.event = {};
    push.payload = {};
  }
}

bool Pushes::may_send() const {
  return socket_.is_open() && socket_.unsent_bytes() <= socket_.options().max_unsent;
}

void Pushes::drop_cancelled() {
  std::erase_if(queue_, [this](Ref ref) {
    Operation* push = socket_.operations().find(ref);
    if (push && !push->completion->is_finished()) return false;
    if (push) {
      forget_cancelled(ref);
      count_waiting(-1);
    }
    return true;
  });
}

void Pushes::forget_cancelled(Ref ref) {
  auto push = socket_.operations().take(ref);
  socket_.finish(*push, ended(Outcome::cancelled, "cancel() was called"));
}

void Pushes::forget_ended() {
  if (sent_.size() <= 2 * in_flight_ + kFewSent) return;
  std::erase_if(sent_, [this](Ref ref) { return !socket_.operations().find(ref); });
}

void Pushes::on_reply(Operation push, Reply reply) {
  --in_flight_;
  socket_.finish(push, std::move(reply));
}

void Pushes::on_expired(Operation push, std::string_view channel_is) {
  if (push.in_flight) {
    --in_flight_;
    socket_.finish(push, ended(Outcome::timeout, "the server did not reply in time", true));
  } else {
    count_waiting(-1);
    socket_.finish(push,
                   ended(Outcome::timeout, "it could not be sent in time: the channel is " + std::string(channel_is)));
  }
}

void Pushes::end_sent(const Reply& reply, bool may_resend) {
  std::vector<Ref> again;
  in_flight_ = 0;
  for (const Ref ref : std::exchange(sent_, {})) {
    Operation* push = socket_.operations().find(ref);
    if (!push) continue;
    if (may_resend && push->resend == Resend::at_least_once) {
      push->in_flight = false;
      again.push_back(ref);
    } else {
      auto lost = socket_.operations().take(ref);
      socket_.finish(*lost, reply);
    }
  }
  queue_.insert(queue_.begin(), again.begin(), again.end());
  count_waiting(static_cast<std::ptrdiff_t>(again.size()));
}

void Pushes::end_waiting(const Reply& reply) {
  for (const Ref ref : std::exchange(queue_, {})) {
    if (auto push = socket_.operations().take(ref)) {
      count_waiting(-1);
      socket_.finish(*push, reply);
    }
  }
}

void Pushes::count_waiting(std::ptrdiff_t change) {
  if (change == 0) return;
  waiting_ += static_cast<std::size_t>(change);
  socket_.counters().buffered.add(static_cast<std::uint64_t>(change));
  observer_.on_buffered(waiting_);
}

}  // namespace suzaku::client::core
