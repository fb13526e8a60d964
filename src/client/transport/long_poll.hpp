#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include <suzaku/client/disconnect.hpp>
#include <suzaku/client/options.hpp>

#include "client/core/transport.hpp"
#include "client/core/url.hpp"
#include "client/transport/http_client.hpp"
#include "client/transport/long_poll_answer.hpp"
#include "client/transport/long_poll_outbox.hpp"
#include "client/transport/long_poll_requests.hpp"
#include "client/transport/shared.hpp"

namespace suzaku::client::transport {

/// A session of Phoenix's long poll: one GET after another on one connection, each answered when there are messages or
/// after ten seconds; and on a second one POSTs with ours, one at a time, each with all that was sent since the last.
/// Loop's thread only. It must not be destroyed within the functions it calls: detach() and dispose of it instead.
class LongPoll final {
 public:
  /// Phoenix answers polls within `window_ms`, 10 s by default, and POSTs within the same, if its channels keep up.
  struct Times {
    net::Duration patience = std::chrono::seconds(25);  // for the answer to a POST, and to a poll but the first
    /// From a poll whose answer has no messages to the next, so that a server that answers at once is not flooded.
    net::Duration empty_poll_interval = std::chrono::milliseconds(100);
  };

  LongPoll(Shared& shared, const Target& target, const SocketOptions& options, Transport::Handler& handler,
           const Times& times);
  ~LongPoll();
  LongPoll(const LongPoll&) = delete;
  LongPoll& operator=(const LongPoll&) = delete;

  /// Ends it at once; the handler is not called any more.
  void detach() noexcept;

  void send(protocol::FrameType type, std::string_view message);
  /// Phoenix has no request that ends a session: it ends when nobody polls any more. We end when everything is sent.
  void close();
  /// The messages of an answer wait until resume_reading(), and there is no further poll.
  void pause_reading() noexcept { is_paused_ = true; }
  void resume_reading();
  /// Messages that the server has not confirmed yet.
  std::size_t buffered() const noexcept { return outbox_.bytes() + unconfirmed_; }

 private:
  enum class State : std::uint8_t { connecting, open, closing };
  using Read = tl::expected<LongPollAnswer, Disconnect>;

  void poll();
  void on_polled(HttpClient::Answer answer);
  void on_session(std::string token);
  void deliver();
  void deliver_at(net::TimePoint time);
  void post();
  void on_posted(HttpClient::Answer answer);
  void post_soon();

  Read read(HttpClient::Answer answer) const;
  Disconnect refused(const http::ReceivedResponse& answer) const;
  Disconnect refused(int status) const;
  void end(Disconnect reason);

  Shared& shared_;
  const SocketOptions& options_;
  Transport::Handler* handler_;  // null once on_closed() was called
  core::Url url_;
  LongPollRequests requests_;
  HttpClient polls_;
  HttpClient posts_;
  LongPollOutbox outbox_;
  std::string token_;  // of the session
  const Times times_;
  PolledMessages polled_;  // not delivered yet
  net::TimePoint polled_at_;
  std::size_t unconfirmed_ = 0;  // bytes of the POST that is under way
  net::Timers::Id deliver_timer_ = net::Timers::kNone;
  net::Timers::Id post_timer_ = net::Timers::kNone;
  net::Timers::Id close_timer_ = net::Timers::kNone;
  State state_ = State::connecting;
  bool is_paused_ = false;
  bool was_full_ = false;  // buffered() has been over max_unsent
};

}  // namespace suzaku::client::transport
