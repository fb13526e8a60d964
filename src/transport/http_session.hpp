#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "http/request.hpp"
#include "http/request_parser.hpp"
#include "http/response.hpp"
#include "net/connection.hpp"
#include "transport/http_service.hpp"
#include "transport/session.hpp"

namespace suzaku::transport {

struct HttpOptions {
  std::size_t max_header = 8 * 1024;                            // bytes of a request's head
  net::Duration request_timeout = std::chrono::seconds(10);     // for a whole request to arrive, then 408; and for an
                                                                // answer that comes later, then 503
  net::Duration keep_alive_timeout = std::chrono::seconds(60);  // between two requests
  std::size_t max_queued = 4 << 20;  // bytes that may wait for the client of a WebSocket, or of a streamed answer
};

/// An HTTP/1.1 connection: requests in, answers out, until one of them makes it a WebSocket.
///
/// A client may send requests before it has read the answers to earlier ones. While too many answers wait for it
/// (net::Connection::is_backed_up()) no further request is served, so what waits is bounded by that and one answer. The
/// same holds while an answer is to come later, or is sent in parts.
class HttpSession final : public Session,
                          private Exchange,
                          private BodySink,
                          private http::HeadListener,
                          private net::Connection::Handler {
 public:
  HttpSession(Sessions& sessions, std::unique_ptr<net::Connection> connection, HttpService& service,
              ws::Inflater& inflater, const HttpOptions& options);
  ~HttpSession() override;

  void start();
  void drain() override;

 private:
  /// What the connection does, and so what its timer is for.
  enum class State : std::uint8_t { reading, waiting, streaming, idle, closing };

  void on_data(std::span<char> bytes) override;
  void on_closed() override;
  void on_overflow() override;
  void on_drained() override;
  bool on_input_ended() override;

  std::size_t on_head(const http::Request& head) override;
  void resolve(Answer answer) override;

  bool write(std::string_view part) override;
  void end() override;
  void abort() override { connection_->abort(); }
  std::size_t queued_bytes() const override { return connection_->queued_bytes(); }

  bool reads_requests() const noexcept { return state_ == State::reading || state_ == State::idle; }
  bool send_continue(const http::Request& head);
  void serve(const http::Request& request, std::span<char> rest);
  void give(Answer answer);
  void upgrade(Upgrade upgrade);
  void respond(const http::Response& response);
  void stream(StreamedResponse response);
  http::Response refusal(int status, std::string_view why) const;
  void refuse(int status, std::string_view why);
  void fail();
  bool send_part(std::string_view part);
  void next_request();
  void hold_back(std::span<const char> bytes);
  void finish();
  void set_timer(net::Duration timeout);
  void on_timeout();
  void watch_reader();

  Sessions& sessions_;
  std::unique_ptr<net::Connection> connection_;
  HttpService& service_;
  ws::Inflater& inflater_;
  const HttpOptions& options_;
  http::RequestParser parser_;
  std::unique_ptr<RequestHandler> handler_;  // of the request that is read or answered
  std::unique_ptr<LateAnswerer> answerer_;
  std::unique_ptr<BodySource> source_;
  std::string held_back_;  // requests that have come while an answer is sent in parts
  net::Timers::Id timer_ = net::Timers::kNone;
  std::size_t unacknowledged_ = 0;  // bytes of answers, when the timer last fired
  State state_ = State::reading;
  bool keep_alive_ = true;  // after the answer to the current request
  bool is_head_request_ = false;
  bool is_chunked_ = false;  // the body that is sent in parts
  bool draining_ = false;
  bool input_ended_ = false;
};

}  // namespace suzaku::transport
