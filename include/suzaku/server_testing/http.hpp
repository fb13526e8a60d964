#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include <suzaku/server/http.hpp>

namespace suzaku::server_testing {

class HttpCallImpl;

/// A request to an HTTP route.
struct HttpCall {
  std::string method = "GET";
  std::string path = "/";
  server::HttpHeaders headers = {};
  std::string body = {};
};

/// A client that has asked an HTTP route. A handle: copies are the same request. The client goes away with the last of
/// them.
class Requesting {
 public:
  /// The answer, with its whole body.
  server::HttpResponse expect_answer() const;
  /// Throws Failure when there is an answer, or the head of one.
  void refute_answer() const;

  // --- answers in parts (HttpRequest::stream()) ---
  /// The status and the headers of the answer; its body may still be to come.
  server::HttpResponse expect_head() const;
  /// The next part of the body that no other call has taken, as the server wrote it.
  std::string expect_part() const;
  /// Throws Failure when there is a part that was not taken yet.
  void refute_part() const;
  /// The connection has ended before the body was whole.
  void expect_abort() const;
  /// Whether the answer, or more of its body, may still come.
  bool is_open() const noexcept;

  /// The client reads nothing: what the server sends waits for it, until read(). Then HttpStream::room() counts.
  void stop_reading() const;
  void read() const;
  /// Bytes of the body that wait for the client.
  std::size_t waiting_bytes() const noexcept;
  /// The client goes away.
  void close() const;

 private:
  friend class Server;
  explicit Requesting(std::shared_ptr<HttpCallImpl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<HttpCallImpl> impl_;
};

}  // namespace suzaku::server_testing
