#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <suzaku/json.hpp>
#include <suzaku/result.hpp>
#include <suzaku/server/options.hpp>
#include <suzaku/server/request_info.hpp>

namespace suzaku::server {

class HttpExchange;
class HttpStreamImpl;
class Mailbox;
class StreamedBody;

/// An answer to an HTTP request. Without headers of their own, answers say `cache-control: no-store` and
/// `x-content-type-options: nosniff`. Content-Length, Date and Connection are not the handler's.
struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";  // empty: none
  std::string body = {};
  HttpHeaders headers = {};

  static HttpResponse json(const Json& value, int status = 200);
};

/// The answer to an HTTP request that comes later (HttpRequest::later()). The first answer counts, from any thread; all
/// others do nothing, as does one after the client or the server has gone, or its time is up
/// (EndpointOptions::request_timeout). A handler that returns one that later() has not made is answered with 500, and
/// so is a request whose answer cannot be sent (a status that is none, a header that is not the handler's).
class HttpAnswer {
 public:
  HttpAnswer() = default;
  void send(HttpResponse response) const;

 private:
  friend class HttpExchange;
  HttpAnswer(std::shared_ptr<Mailbox> mailbox, std::uint64_t request)
      : mailbox_(std::move(mailbox)), request_(request) {}
  std::shared_ptr<Mailbox> mailbox_;
  std::uint64_t request_ = 0;
};

/// An answer whose body is sent in parts (HttpRequest::stream()): a download, or server-sent events. Any thread. Copies
/// are handles of the same answer. It goes on until end() is called or the client has gone.
class HttpStream {
 public:
  HttpStream() = default;

  /// Queues a part of the body. False once the client has gone, or the body has ended. More than
  /// EndpointOptions::max_queued_bytes that wait end the connection, and so does a part for which there is no memory: a
  /// body in which a part is missing does not look whole. (To a client of HTTP/1.0 every end looks the same.)
  bool write(std::string_view part) const;
  void end() const;

  /// How many bytes should be written now: at most 128 KiB and at least half of that; or 0, when enough waits for the
  /// client already. Then HttpStreamEvents::on_room is called once there is room again.
  std::size_t room() const noexcept;
  /// False once the client has gone, or the body has ended.
  bool is_open() const noexcept;

 private:
  friend class HttpExchange;
  friend class StreamedBody;
  explicit HttpStream(std::shared_ptr<HttpStreamImpl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<HttpStreamImpl> impl_;
};

/// What becomes of an answer that is sent in parts. Called on the event loop of its connection; must not block.
struct HttpStreamEvents {
  /// The first part may be written; and later, there is room again.
  std::function<void(const HttpStream&)> on_room = {};
  /// The client has gone before the body ended, or wants none (HEAD). Called once.
  std::function<void()> on_close = {};
  /// The server is going away. A body without an end should end now, so that its client comes back. Without this, the
  /// body goes on until DrainOptions::deadline.
  std::function<void(const HttpStream&)> on_drain = {};
};

/// For the framework: the call of a handler. A copy has none, since it may outlive the call.
class HttpCallPointer {
 public:
  HttpCallPointer(HttpExchange* exchange = nullptr) noexcept : exchange_(exchange) {}
  HttpCallPointer(const HttpCallPointer&) noexcept : HttpCallPointer() {}
  HttpCallPointer& operator=(const HttpCallPointer&) = delete;
  HttpExchange* get() const noexcept { return exchange_; }

 private:
  HttpExchange* exchange_;
};

/// A request to an HTTP handler.
struct HttpRequest : RequestInfo {
  std::string method;
  std::string body;

  /// The body as JSON. (To build and print JSON, include <boost/json.hpp>.) Fails with words for the client (an answer
  /// of 400).
  [[nodiscard]] Result<Json> json() const;

  /// For an answer that has to wait for something: keep it, and return it. Only while the handler runs, and not on a
  /// copy of the request (std::logic_error).
  HttpAnswer later() const;
  /// An answer whose body is sent in parts; return it. The body of `head` is not used. Only while the handler runs
  /// (std::logic_error).
  HttpStream stream(HttpResponse head, HttpStreamEvents events = {}) const;

  HttpCallPointer exchange = {};  // for the framework
};

/// What an HTTP handler returns.
using HttpResult = std::variant<HttpResponse, HttpAnswer, HttpStream>;
using HttpHandler = std::function<HttpResult(const HttpRequest&)>;

/// Which web pages of other origins may use a route, from a browser (CORS). They can also read the refusals that the
/// server makes itself: of a request to the route (408, 413, 415, 500, 503), and of a method that its path lacks (405).
struct Cors {
  CheckOrigin origins = {.kind = CheckOrigin::Kind::any};
  /// Also with the user's cookies. Not with Kind::any: then every page could act for the user (std::invalid_argument).
  bool credentials = false;
  std::vector<std::string> request_headers = {"content-type", "authorization"};  // that pages may send
  std::vector<std::string> response_headers = {};                                // that pages may read
  std::chrono::seconds max_age{600};  // for browsers to remember what is allowed
};

struct HttpRouteOptions {
  std::size_t max_body = 64 * 1024;             // bytes of a request's body; then 413
  std::vector<std::string> content_types = {};  // of a body, "application/json"; others 415. Empty: any
  std::optional<Cors> cors = {};
};

}  // namespace suzaku::server
