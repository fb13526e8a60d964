#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>

#include "http/request.hpp"
#include "http/response.hpp"
#include "net/address.hpp"
#include "transport/websocket_session.hpp"

namespace suzaku::transport {

/// Continue as a WebSocket. `response` is the 101 answer without the headers that RFC 6455 demands.
struct Upgrade {
  http::Response response;
  std::unique_ptr<WebSocketSession::Handler> handler;
  WebSocketOptions options;
};

/// Where the body of an answer goes that is sent in parts. Loop's thread only.
class BodySink {
 public:
  /// Queues a part for the end of the turn. False when the connection cannot take it any more.
  virtual bool write(std::string_view part) = 0;
  /// The body is whole; the source is destroyed after this turn.
  virtual void end() = 0;
  /// Ends the connection: the client learns that the body is not whole.
  virtual void abort() = 0;
  /// Bytes that wait to be sent.
  virtual std::size_t queued_bytes() const = 0;

 protected:
  ~BodySink() = default;
};

/// Makes the body of an answer in parts. Destroyed when it has ended or its client has gone. Loop's thread only.
class BodySource {
 public:
  virtual ~BodySource() = default;
  /// The head has been sent. The sink may be used from now on.
  virtual void on_open(BodySink& sink) = 0;
  /// At most kLowWater bytes wait, after there were more.
  virtual void on_room() = 0;
  /// The server is going away: a body without an end should end.
  virtual void on_drain() = 0;
};

/// An answer that is sent in parts: a status and headers, then what the source gives.
struct StreamedResponse {
  http::Response head;
  std::unique_ptr<BodySource> source;
};

/// Who is to answer later. Owned by the request that waits: destroyed when it is answered, its time is up or its client
/// has gone.
class LateAnswerer {
 public:
  virtual ~LateAnswerer() = default;
};

using Answer = std::variant<http::Response, StreamedResponse, Upgrade>;

/// A request that waits for its answer. Loop's thread only.
class Exchange {
 public:
  /// Destroys the late answerer first. Only the first call has an effect.
  virtual void resolve(Answer answer) = 0;

 protected:
  ~Exchange() = default;
};

/// The peer of the connection that a request came on.
struct Client {
  net::Address address;
  bool secure = false;
};

/// Handles one request, from its head to its answer. Loop's thread only; must not block.
class RequestHandler {
 public:
  using Decision = std::variant<Answer, std::unique_ptr<LateAnswerer>>;

  virtual ~RequestHandler() = default;
  /// Most bytes of the request's body; more is 413.
  virtual std::size_t max_body() const noexcept = 0;
  /// The answer when the head, and whether there is a body, are enough to refuse the request.
  virtual std::optional<http::Response> refusal(const http::Request& head, bool has_body) const = 0;
  /// Adds what a refusal needs that this handler has not made: one of the body, for the time, or after a failure.
  virtual void add_headers(http::Response& /*refusal*/) const {}
  /// Answers the whole request now; or returns who answers later, through `exchange`, which then lives as long as it.
  virtual Decision serve(const http::Request& request, Exchange& exchange) = 0;
};

/// Finds the handlers of requests. Loop's thread only; must not block.
class HttpService {
 public:
  /// Called once for each request, when its head has come.
  virtual std::unique_ptr<RequestHandler> handler_of(const http::Request& head, const Client& client) = 0;

 protected:
  ~HttpService() = default;
};

}  // namespace suzaku::transport
