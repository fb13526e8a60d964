#pragma once

#include <atomic>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openssl/types.h>

#include "support/inbox.hpp"
#include "support/scripted_server.hpp"

namespace suzaku::test {

/// A request that a LongPollServer has read, to be answered by the test. One that is dropped ends its connection.
class LongPollRequest {
 public:
  struct Reply {
    std::string bytes;
    enum class Then { keep, close, reset } then = Then::keep;
  };
  using Then = Reply::Then;

  std::string head;  // up to the empty line
  std::string body;
  int connection = 0;  // which, from 1

  std::string line() const { return head.substr(0, head.find("\r\n")); }
  std::optional<std::string> header(const std::string& name) const;
  /// The lines of the body.
  std::vector<std::string> lines() const;

  /// HTTP 200 with this JSON.
  void answer(const std::string& json, Then then = Then::keep) { raw(http(200, json), then); }
  /// What Phoenix says to the first poll.
  void open(const std::string& token = "TOKEN") { answer(R"({"messages":[],"status":410,"token":")" + token + "\"}"); }
  /// These messages, as JSON strings.
  void messages(const std::vector<std::string>& quoted);
  void ok() { answer(R"({"status":200})"); }
  /// These bytes, whatever they are.
  void raw(std::string bytes, Then then = Then::keep) { reply_->set_value({std::move(bytes), then}); }

  static std::string http(int status, const std::string& body, const std::string& headers = {});

 private:
  friend class LongPollServer;
  std::shared_ptr<std::promise<Reply>> reply_ = std::make_shared<std::promise<Reply>>();
};

/// The server's end of long polls. The test answers each request.
class LongPollServer {
 public:
  explicit LongPollServer(std::shared_ptr<SSL_CTX> tls = nullptr);
  ~LongPollServer() { asked_.reset(); }
  LongPollServer(const LongPollServer&) = delete;
  LongPollServer& operator=(const LongPollServer&) = delete;

  std::uint16_t port() const noexcept { return server_.port(); }
  LongPollRequest next_poll() { return asked_->polls.next(); }
  LongPollRequest next_post() { return asked_->posts.next(); }
  std::size_t waiting_polls() const { return asked_->polls.size(); }
  std::size_t waiting_posts() const { return asked_->posts.size(); }

 private:
  struct Asked {
    Inbox<LongPollRequest> polls;
    Inbox<LongPollRequest> posts;
    std::atomic<int> connections{0};
  };
  static void serve(ServedConnection& connection, const std::weak_ptr<Asked>& asked);

  std::shared_ptr<Asked> asked_;  // when it goes the connections end
  ScriptedServer server_;
};

}  // namespace suzaku::test
