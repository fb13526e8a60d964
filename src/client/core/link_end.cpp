// The end of a connection or of an attempt, and the decision about the next attempt.
#include <algorithm>
#include <array>
#include <utility>

#include "client/core/link.hpp"
#include "protocol/try_again.hpp"

namespace suzaku::client::core {

using Kind = Disconnect::Kind;

namespace {

/// Failures that another transport would not avoid.
bool concerns_every_transport(const Disconnect& reason, const ReconnectOptions& options) {
  constexpr std::array kKinds = {Kind::requested,  Kind::resolve_failed, Kind::connect_failed,
                                 Kind::tls_failed, Kind::proxy_failed,   Kind::credentials_failed};
  if (std::ranges::find(kKinds, reason.kind) != kKinds.end()) return true;
  if (reason.kind == Kind::closed)
    return std::ranges::find(options.stop_codes, reason.code) != options.stop_codes.end();
  return protocol::needs_other_credentials(reason.http_status) || reason.retry_after;
}

}  // namespace

void Link::on_closed(const Disconnect& reason) {
  const State before = state_;
  const Disconnect why = before == State::closing
                             ? Disconnect{.kind = Kind::requested, .code = reason.code, .message = "ended by this side"}
                             : reason;
  transport_.reset();
  stop_timers();
  tap(WireEvent::Kind::closed, why.message);
  if (before == State::open) enter(State::waiting);  // from here on nothing is sent
  if (before == State::open || before == State::closing) {
    counters_.disconnects.add();
    handler_.on_link_down(why);
  }
  if (before != State::closing) {
    failed(why);
    return;
  }
  end(why);
  if (std::exchange(connect_after_close_, false)) connect();
}

void Link::failed(const Disconnect& reason) {
  transport_.reset();
  stop_timers();
  if (fall_back(reason)) return;
  if (kind_ != options_.transport) kind_ = options_.transport;  // the next connection tries the WebSocket first
  const bool was_open = state_ == State::waiting;
  if (!was_open && ++failed_endpoints_ < endpoints_.size()) {
    endpoint_ = (endpoint_ + 1) % endpoints_.size();
    wait(reason, policy_.attempt(), std::chrono::milliseconds(0));
    return;
  }
  const bool lasted = was_open && engine_.now() - opened_at_ >= options_.reconnect.stable_after;
  if (!lasted) endpoint_ = (endpoint_ + 1) % endpoints_.size();
  failed_endpoints_ = 0;
  const Decision decision = policy_.on_failure(reason, engine_.now(), engine_.random(), requests_credentials());
  if (decision.retry) {
    wait(reason, decision.attempt, decision.delay);
  } else {
    Disconnect last = reason;
    if (!decision.why.empty()) last.message += "; " + decision.why;
    end(last);
  }
}

bool Link::fall_back(const Disconnect& reason) {
  if (is_proven_ || concerns_every_transport(reason, options_.reconnect)) return false;
  kind_ = TransportKind::long_poll;
  wait(reason, policy_.attempt(), std::chrono::milliseconds(0));
  return true;
}

void Link::wait(const Disconnect& reason, std::size_t attempt, std::chrono::milliseconds delay) {
  enter(State::waiting);
  set_timer(retry_timer_, delay, &Link::attempt);
  handler_.on_link_retry({.reason = reason, .attempt = attempt, .delay = delay});
}

void Link::end(const Disconnect& reason) {
  transport_.reset();
  enter(State::idle);
  handler_.on_link_end(reason);
}

}  // namespace suzaku::client::core
