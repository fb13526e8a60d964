#include "transport/session.hpp"

#include <algorithm>
#include <utility>

namespace suzaku::transport {

void Sessions::add(std::unique_ptr<Session> session) {
  session->position_ = sessions_.size();
  sessions_.push_back(std::move(session));
}

void Sessions::remove(Session& session) {
  const auto put = [this](std::size_t from, std::size_t to) {
    if (from == to) return;
    std::swap(sessions_[from], sessions_[to]);
    sessions_[from]->position_ = from;
    sessions_[to]->position_ = to;
  };
  if (session.position_ < drained_) put(session.position_, --drained_);  // keeps drained sessions in front
  put(session.position_, sessions_.size() - 1);
  loop_.dispose(std::move(sessions_.back()));
  sessions_.pop_back();
  tell_if_empty();
}

void Sessions::clear() {
  sessions_.clear();
  drained_ = 0;
  tell_if_empty();
}

void Sessions::when_empty(std::function<void()> then) {
  when_empty_ = std::move(then);
  tell_if_empty();
}

/// After the sessions that were disposed of in this turn have been destroyed.
void Sessions::tell_if_empty() {
  if (!sessions_.empty() || !when_empty_) return;
  loop_.defer([then = std::exchange(when_empty_, nullptr)] { then(); });
}

void Sessions::replace(Session& session, std::unique_ptr<Session> by) {
  by->position_ = session.position_;
  std::swap(sessions_[session.position_], by);
  loop_.dispose(std::move(by));
}

std::size_t Sessions::drain(std::size_t count) {
  is_draining_ = true;
  const std::size_t end = std::min(sessions_.size(), drained_ + count);
  while (drained_ < end) sessions_[drained_++]->drain();  // ends later, at the end of the turn at the earliest
  return sessions_.size() - drained_;
}

}  // namespace suzaku::transport
