#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>

#include "http/request.hpp"
#include "support/inbox.hpp"
#include "support/scripted_server.hpp"

namespace suzaku::test {

/// An HTTP server that answers each request as it is told to. Clients must have gone before it ends.
class HttpReceiver {
 public:
  /// A whole answer, or one of these.
  using Answer = std::function<std::string(const http::Request&)>;
  static constexpr const char* kHangUp = "hang up";    // closes the connection
  static constexpr const char* kNoAnswer = "nothing";  // until the client goes
  /// Without a body.
  static std::string status(int status, const std::string& header = {});

  /// Answers everything with 200.
  HttpReceiver() : HttpReceiver([](const http::Request&) { return status(200); }) {}
  /// `tls`: for https; must outlive this.
  explicit HttpReceiver(Answer answer, ssl_ctx_st* tls = nullptr);

  std::string url() const;
  /// Waits for a request.
  http::Request next() { return requests_.next(); }
  std::size_t waiting() const { return requests_.size(); }
  std::size_t connections() const { return connections_; }

 private:
  void serve(ServedConnection& connection);

  Answer answer_;
  ssl_ctx_st* tls_;
  Inbox<http::Request> requests_;
  std::atomic<std::size_t> connections_{0};
  ScriptedServer server_;
};

}  // namespace suzaku::test
