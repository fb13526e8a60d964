#include "client/transport/long_poll.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "client/transport/refusal.hpp"
#include "ws/client_handshake.hpp"

namespace suzaku::client::transport {
namespace {

using Kind = Disconnect::Kind;

constexpr int kOk = 200;
constexpr int kNoContent = 204;
constexpr int kGone = 410;
constexpr std::uint16_t kSessionGone = 3410;  // the close code that phoenix.js makes of it

/// One answer holds all messages that have come since the last poll, and JSON in a JSON string is up to twice as long.
std::size_t max_body(const SocketOptions& options) {
  constexpr std::size_t kLeast = 16 << 20;
  constexpr std::size_t kMost = std::size_t{1} << 40;
  return std::max(kLeast, 2 * std::min(options.max_message_size, kMost));
}

/// Empty for a bad URL: connecting to it fails with the reason.
core::Url url_of(const Target& target) {
  return core::parse_url(target.url).value_or(core::Url{});
}

// What some statuses of Phoenix mean.
Disconnect unpolled(Disconnect reason) {
  if (reason.http_status == 500)
    reason.message += "; Phoenix does this when a channel sends bytes that are no UTF-8, which long poll cannot carry";
  return reason;
}

Disconnect unposted(Disconnect reason) {
  if (reason.http_status == 400 || reason.http_status == 413)
    reason.message += "; it may be the size of a message: Phoenix takes 8,000,000 bytes by long poll";
  return reason;
}

}  // namespace

LongPoll::LongPoll(Shared& shared, const Target& target, const SocketOptions& options, Transport::Handler& handler,
                   const Times& times)
    : shared_(shared),
      options_(options),
      handler_(&handler),
      url_(url_of(target)),
      requests_(url_, target),
      polls_(shared, target, options, max_body(options),
             [this](HttpClient::Answer answer) { on_polled(std::move(answer)); }),
      posts_(shared, target, options, max_body(options),
             [this](HttpClient::Answer answer) { on_posted(std::move(answer)); }),
      times_(times) {
  poll();
}

LongPoll::~LongPoll() {
  detach();
}

void LongPoll::detach() noexcept {
  handler_ = nullptr;
  polls_.detach();
  posts_.detach();
  shared_.loop().timers().cancel(deliver_timer_);
  shared_.loop().timers().cancel(post_timer_);
  shared_.loop().timers().cancel(close_timer_);
}

// --- receiving ---

void LongPoll::poll() {
  const bool is_first = token_.empty();
  polled_at_ = shared_.loop().now();
  polls_.ask({.bytes = requests_.poll(token_),
              .timeout = is_first ? net::Duration(options_.handshake_timeout) : times_.patience,
              .is_repeatable = !is_first});
}

void LongPoll::on_polled(HttpClient::Answer answer) {
  Read polled = read(std::move(answer));
  const bool is_session = !token_.empty();
  if (!polled) return end(is_session ? unpolled(std::move(polled.error())) : std::move(polled.error()));
  switch (polled->status) {
    case kGone:
      if (is_session) return end(refused(kGone));
      on_session(std::move(polled->token));
      break;
    case kOk:
    case kNoContent:
      if (!is_session)
        return end({.kind = Kind::protocol_error,
                    .message = url_.host_and_port() + " answered the first poll without opening a session"});
      if (polled->messages.left() == 0) return deliver_at(polled_at_ + times_.empty_poll_interval);
      polled_ = std::move(polled->messages);
      break;
    default:
      return end(refused(polled->status));
  }
  deliver();
}

void LongPoll::on_session(std::string token) {
  if (token.empty() || !ws::check_headers({{"X-Phoenix-Longpoll-Token", token}}))
    return end({.kind = Kind::protocol_error,
                .message = url_.host_and_port() + " opened a long-poll session without a usable token"});
  token_ = std::move(token);
  state_ = State::open;
  handler_->on_open();
}

/// Delivers the messages of the last answer, and polls again.
void LongPoll::deliver() {
  while (handler_ && !is_paused_ && polled_.left() > 0) {
    const std::string_view message = polled_.next();
    if (message.size() > options_.max_message_size)
      return end({.kind = Kind::protocol_error,
                  .message = url_.host_and_port() + " sent a message of more than max_message_size, " +
                             std::to_string(options_.max_message_size) + " bytes"});
    handler_->on_message(type_of_polled(message), message);
  }
  if (handler_ && !is_paused_ && !polls_.is_asking()) poll();
}

void LongPoll::deliver_at(net::TimePoint time) {
  if (deliver_timer_ != net::Timers::kNone || polls_.is_asking()) return;
  const net::Duration delay = std::max(time - shared_.loop().now(), net::Duration::zero());
  deliver_timer_ = shared_.loop().timers().after(delay, [this] {
    deliver_timer_ = net::Timers::kNone;
    deliver();
  });
}

void LongPoll::resume_reading() {
  if (std::exchange(is_paused_, false)) deliver_at(shared_.loop().now());
}

// --- sending ---

void LongPoll::send(protocol::FrameType type, std::string_view message) {
  if (state_ != State::open) return;
  outbox_.add(type, message);
  if (buffered() > options_.max_unsent) was_full_ = true;
  if (!posts_.is_asking()) post_soon();
}

/// In the next turn of the loop, with everything that is sent in this one.
void LongPoll::post_soon() {
  if (post_timer_ != net::Timers::kNone) return;
  post_timer_ = shared_.loop().timers().after(net::Duration::zero(), [this] {
    post_timer_ = net::Timers::kNone;
    post();
  });
}

void LongPoll::post() {
  const LongPollOutbox::Batch batch = outbox_.take();
  unconfirmed_ = batch.body.size();
  posts_.ask({.bytes = requests_.post(token_, batch), .timeout = times_.patience});
}

void LongPoll::on_posted(HttpClient::Answer answer) {
  Read posted = read(std::move(answer));
  if (!posted) return end(unposted(std::move(posted.error())));
  if (posted->status != kOk) return end(refused(posted->status));
  unconfirmed_ = 0;
  if (!outbox_.empty()) {
    post();
  } else if (state_ == State::closing) {
    return end({});
  }
  if (was_full_ && buffered() <= options_.max_unsent / 2) {
    was_full_ = false;
    handler_->on_drained();
  }
}

// --- the end ---

void LongPoll::close() {
  if (state_ == State::closing) return;
  if (state_ == State::connecting) polls_.detach();
  resume_reading();
  const bool is_unsent = buffered() > 0;
  state_ = State::closing;
  close_timer_ = shared_.loop().timers().after(
      is_unsent ? net::Duration(options_.close_timeout) : net::Duration::zero(), [this] { end({}); });
}

/// The content of an answer, or the failure that it means.
LongPoll::Read LongPoll::read(HttpClient::Answer answer) const {
  if (!answer) {
    Disconnect reason = answer.error();
    if (reason.kind == Kind::connect_timeout && state_ != State::connecting) reason.kind = Kind::lost;
    return tl::unexpected(std::move(reason));
  }
  if (answer->status != kOk) return tl::unexpected(refused(*answer));
  auto read = read_long_poll_answer(std::move(answer->body));
  if (read) return *std::move(read);
  return tl::unexpected(
      Disconnect{.kind = Kind::protocol_error,
                 .message = url_.host_and_port() + " answered with something that is not Phoenix's long poll (" +
                            read.error().message + "): check the URL, and that its socket has `longpoll: true`"});
}

/// What an HTTP status, or the same in a body, means.
Disconnect LongPoll::refused(const http::ReceivedResponse& answer) const {
  Disconnect reason = refusal(answer, url_, std::chrono::system_clock::now());
  // Once a session is open, no status means that the connection was refused.
  if (state_ != State::connecting) reason.kind = Kind::lost;
  return reason;
}

Disconnect LongPoll::refused(int status) const {
  if (status != kGone) {
    http::ReceivedResponse answer;
    answer.status = status;
    return refused(answer);
  }
  return {
      .kind = Kind::closed,
      .code = kSessionGone,
      .message = url_.host_and_port() +
                 " has no such session any more: it has restarted, has ended the session, or heard no poll for long"};
}

void LongPoll::end(Disconnect reason) {
  if (!handler_) return;
  if (state_ == State::closing) reason = {.kind = Kind::requested, .message = "disconnected"};
  Transport::Handler& handler = *handler_;
  detach();
  handler.on_closed(reason);
}

}  // namespace suzaku::client::transport
