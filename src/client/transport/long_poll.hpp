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
  static constexpr net::Duration kPatience = std::chrono::seconds(25);

  /// `patience`: how long a POST, and a poll but the first, may be without an answer.
  LongPoll(Shared& shared, const Target& target, const SocketOptions& options, Transport::Handler& handler,
           net::Duration patience);
  ~LongPoll();
  LongPoll(const LongPoll&) = delete;
  LongPoll& operator=(const LongPoll&) = delete;

  /// Ends it at once; the handler is not called any more.
  void detach() noexcept;

  void send(protocol::FrameType type, std::string_view message);
  /// Phoenix knows no end of a session: it ends by itself when nobody polls any more. Ours is when all is sent.
  void close();
  /// Messages that the server has not confirmed yet.
  std::size_t buffered() const noexcept { return outbox_.bytes() + unconfirmed_; }

 private:
  enum class State : std::uint8_t { connecting, open, closing };
  using Read = tl::expected<LongPollAnswer, Disconnect>;

  void poll();
  void on_polled(const HttpClient::Answer& answer);
  void on_session(std::string token);
  void deliver(const std::vector<std::string>& messages);
  void post();
  void on_posted(const HttpClient::Answer& answer);
  void post_soon();

  Read read(const HttpClient::Answer& answer) const;
  Disconnect refused(const http::ReceivedResponse& answer) const;
  Disconnect refused(int status) const;
  void end(Disconnect reason);

  Shared& shared_;
  const SocketOptions& options_;
  Transport::Handler* handler_;  // null once it has been told of the end
  core::Url url_;
  LongPollRequests requests_;
  HttpClient polls_;
  HttpClient posts_;
  LongPollOutbox outbox_;
  std::string token_;  // of the session
  net::Duration patience_;
  std::size_t unconfirmed_ = 0;  // bytes of the POST that is under way
  net::Timers::Id post_timer_ = net::Timers::kNone;
  net::Timers::Id close_timer_ = net::Timers::kNone;
  State state_ = State::connecting;
  bool was_full_ = false;  // buffered() has been over max_unsent
};

}  // namespace suzaku::client::transport
