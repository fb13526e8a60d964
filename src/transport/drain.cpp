#include "transport/drain.hpp"

#include <utility>

#include "base/log.hpp"

namespace suzaku::transport {

Drain::~Drain() {
  loop_.timers().cancel(batch_timer_);
  loop_.timers().cancel(deadline_timer_);
  sessions_.when_empty(nullptr);
}

void Drain::start(std::function<void()> done) {
  done_ = std::move(done);
  deadline_ = loop_.now() + plan_.deadline;
  deadline_timer_ = loop_.timers().after(plan_.deadline, [this] { cut_off(); });
  sessions_.when_empty([this] { finish(); });
  drain_batch();
}

void Drain::drain_batch() {
  const std::size_t left = sessions_.drain(is_last_batch() ? sessions_.size() : plan_.batch_size);
  if (left == 0) return;
  log::info("draining: {} connections of an event loop are left", left);
  batch_timer_ = loop_.timers().after(plan_.batch_interval, [this] { drain_batch(); });
}

/// The frames that sessions have queued leave at the end of this turn.
void Drain::cut_off() {
  loop_.defer([this] { sessions_.clear(); });
}

void Drain::finish() {
  loop_.timers().cancel(batch_timer_);
  loop_.timers().cancel(deadline_timer_);
  done_();
}

}  // namespace suzaku::transport
