#pragma once

#include <memory>
#include <span>
#include <string>
#include <variant>

#include "http/request.hpp"
#include "http/request_parser.hpp"
#include "http/response.hpp"
#include "net/connection.hpp"
#include "transport/session.hpp"
#include "transport/websocket_session.hpp"

namespace suzaku::transport {

struct HttpOptions {
  http::Limits limits;
  net::Duration request_timeout = std::chrono::seconds(10);     // for a whole request to arrive; then 408
  net::Duration keep_alive_timeout = std::chrono::seconds(60);  // between two requests
  std::size_t max_queued = 4 << 20;  // bytes that may wait for a WebSocket's client; more closes with 1013
};

/// Continue as a WebSocket. `response` is the 101 answer without the headers that RFC 6455 demands.
struct Upgrade {
  http::Response response;
  std::unique_ptr<WebSocketSession::Handler> handler;
  WebSocketOptions options;
};

/// The peer of the connection that a request came on.
struct Client {
  net::Address address;
  bool secure = false;
};

/// Answers requests. Called on the loop's thread; must not block.
class HttpService {
 public:
  virtual std::variant<http::Response, Upgrade> serve(const http::Request& request, const Client& client) = 0;

 protected:
  ~HttpService() = default;
};

/// An HTTP/1.1 connection: requests in, answers out, until one of them makes it a WebSocket.
///
/// A client may send requests before it has read the answers to earlier ones. While too many answers wait for it
/// (net::Connection::is_backed_up()) no further request is served, so what waits is bounded by that and one answer.
class HttpSession final : public Session, private net::Connection::Handler {
 public:
  HttpSession(Sessions& sessions, std::unique_ptr<net::Connection> connection, HttpService& service,
              ws::Inflater& inflater, const HttpOptions& options);
  ~HttpSession() override;

  void start();
  void drain() override;

 private:
  void on_data(std::span<char> bytes) override;
  void on_closed() override;
  void on_overflow() override;
  bool on_input_ended() override;

  /// True when the connection goes on to read requests.
  bool serve(const http::Request& request, std::span<char> rest);
  void upgrade(Upgrade upgrade, const http::Request& request, std::span<char> rest);
  void answer(const http::Response& response, bool keep_alive, bool head_request);
  void finish();
  void set_timer(net::Duration timeout);
  void on_timeout();

  Sessions& sessions_;
  std::unique_ptr<net::Connection> connection_;
  HttpService& service_;
  ws::Inflater& inflater_;
  const HttpOptions& options_;
  http::RequestParser parser_;
  net::Timers::Id timer_ = net::Timers::kNone;
  std::size_t unacknowledged_ = 0;  // bytes of answers, when the timer last fired
  bool between_requests_ = false;   // the timer is that of an idle keep-alive connection
  bool draining_ = false;
  bool closing_ = false;
};

}  // namespace suzaku::transport
