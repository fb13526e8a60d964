#include "client/join_params_source.hpp"

#include <algorithm>
#include <utility>

#include "base/thrown.hpp"

namespace suzaku::client {
namespace {

constexpr std::size_t kMostThreads = 2;

Result<Payload> params_of(const JoinParamsSource::Request& request) {
  try {
    return request.params.get(request.attempt);
  } catch (...) {
    return failure("the function that gives the join's params has thrown: " + what_is_thrown());
  }
}

}  // namespace

void JoinParamsSource::request(Engine& engine, Request request) {
  std::optional<Request> replaced;  // destroyed without the lock
  {
    const std::lock_guard lock(mutex_);
    const auto at = std::ranges::find(waiting_, request.topic, &Request::topic);
    if (at == waiting_.end()) {
      waiting_.push_back(std::move(request));
    } else {
      replaced = std::exchange(*at, std::move(request));
    }
    if (threads_ == kMostThreads) return;
    ++threads_;
  }
  engine.run_blocking([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->answer_all();
  });
}

void JoinParamsSource::withdraw() {
  std::deque<Request> withdrawn;  // destroyed without the lock
  const std::lock_guard lock(mutex_);
  std::swap(withdrawn, waiting_);
}

void JoinParamsSource::answer_all() {
  while (const auto request = next()) {
    request->on_answer(params_of(*request));
    forget(request->topic);
  }
}

std::optional<JoinParamsSource::Request> JoinParamsSource::next() {
  const std::lock_guard lock(mutex_);
  const auto at = std::ranges::find_if(waiting_, [this](const auto& each) { return !at_work_.contains(each.topic); });
  if (at == waiting_.end()) {
    --threads_;
    return {};
  }
  Request request = std::move(*at);
  waiting_.erase(at);
  at_work_.insert(request.topic);
  return request;
}

void JoinParamsSource::forget(const std::string& topic) {
  const std::lock_guard lock(mutex_);
  at_work_.erase(topic);
}

}  // namespace suzaku::client
