#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include <tl/expected.hpp>

#include <suzaku/client/disconnect.hpp>
#include <suzaku/client/options.hpp>

#include "base/shared_bytes.hpp"
#include "client/core/transport.hpp"
#include "client/transport/dialer.hpp"
#include "client/transport/shared.hpp"
#include "http/response_parser.hpp"
#include "net/connection.hpp"

namespace suzaku::client::transport {

/// Sends requests to one server, one at a time, over a connection that is kept, and made again when the server has
/// closed it. Loop's thread only. It must not be destroyed within the function it calls: detach() and dispose of it
/// instead.
class HttpClient final : private Dialer::Handler, private net::Connection::Handler {
 public:
  struct Request {
    SharedBytes bytes;
    net::Duration timeout;  // for the whole answer, once there is a connection
    /// May be sent again when the server closes a kept connection at the moment it is sent.
    bool is_repeatable = false;
  };
  /// The server's answer, whatever its status, or why there is none; a time-out is Kind::connect_timeout.
  using Answer = tl::expected<http::ReceivedResponse, Disconnect>;
  using OnAnswer = std::function<void(Answer)>;

  /// `target`: of kind long_poll. `max_body`: bytes of an answer's body. `on_answer` is called once for each request,
  /// never from within ask(), and may ask again.
  HttpClient(Shared& shared, Target target, const SocketOptions& options, std::size_t max_body, OnAnswer on_answer);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Only when the last request has been answered.
  void ask(Request request);
  bool is_asking() const noexcept { return request_.has_value(); }
  /// Ends it at once; nothing is called any more.
  void detach() noexcept;

 private:
  void dial();
  void send_request();
  void on_timeout();
  void give(Answer answer, bool keep_connection);
  void fail(Disconnect::Kind kind, const std::string& what);
  bool give_refusal();

  // Dialer::Handler
  void on_dialed(std::unique_ptr<net::Connection> connection, const ws::Agreement& agreement,
                 std::span<char> early) override;
  void on_dial_failed(const Disconnect& reason) override;
  void dispose_of_dialer();

  // net::Connection::Handler
  void on_data(std::span<char> bytes) override;
  void on_closed() override;
  void on_overflow() override;

  Shared& shared_;
  Target target_;
  const SocketOptions& options_;
  http::ResponseLimits limits_;
  OnAnswer on_answer_;
  std::string server_;  // for messages; once it was dialed
  std::unique_ptr<Dialer> dialer_;
  std::unique_ptr<net::Connection> connection_;
  http::ResponseParser parser_;
  std::optional<Request> request_;
  net::TimePoint sent_at_;
  net::Timers::Id timer_ = net::Timers::kNone;
  bool is_sent_ = false;  // the request
  bool is_kept_ = false;  // the connection has carried a request before
};

}  // namespace suzaku::client::transport
