#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <suzaku/server/assigns.hpp>
#include <suzaku/server/request_info.hpp>

namespace suzaku::server {

class Mailbox;
class PendingConnect;
struct LaterConnect;

/// What is known of a client when it connects (Phoenix's params and connect_info).
struct ConnectInfo : RequestInfo {
  std::optional<std::string> auth_token;  // phoenix.js's `authToken`; only with SocketOptions::auth_token
};

/// What connect() decides.
struct [[nodiscard]] ConnectResult {
  bool accepted = true;
  int status = 403;       // HTTP status of a refusal
  std::string body = {};  // of a refusal
  bool is_later = false;  // a ConnectAnswer decides
};

/// The answer to a connect that comes later (UserSocket::later()). The first answer counts, from any thread; all others
/// do nothing, as does one after the client or the server has gone, or its time is up
/// (EndpointOptions::request_timeout).
class ConnectAnswer {
 public:
  ConnectAnswer() = default;

  /// Lets the client in. Its socket gets these assigns, and is then asked for its id().
  void accept(Assigns assigns = {}) const;
  void refuse(int status = 403, std::string body = {}) const;

  /// What connect() returns. An answer that later() has not made is answered with 500.
  operator ConnectResult() const { return {.is_later = true}; }

 private:
  friend class PendingConnect;
  ConnectAnswer(std::shared_ptr<Mailbox> mailbox, std::uint64_t request)
      : mailbox_(std::move(mailbox)), request_(request) {}
  void answer(ConnectResult result, Assigns assigns) const;
  std::shared_ptr<Mailbox> mailbox_;
  std::uint64_t request_ = 0;
};

/// One client's connection, whatever number of channels it joins. Make a class of your own to authenticate clients and
/// to give them an id; without one everybody is let in. One object per connection; all its methods run on the
/// connection's event loop and must not block.
class UserSocket {
 public:
  using ConnectAnswer = server::ConnectAnswer;
  using ConnectInfo = server::ConnectInfo;
  using ConnectResult = server::ConnectResult;

  virtual ~UserSocket() = default;

  /// Lets the client in with accept(), or not with refuse(), or decides later(). An exception answers 500.
  virtual ConnectResult connect(const ConnectInfo& info);

  /// Names the connection, so that Endpoint::disconnect(id) can end it and all others of that id. It has nothing to do
  /// with the topic of that name. Empty: no name. Asked once, after connect().
  virtual std::string id() const;

  /// The person at the other end, such as a user's id; the log shows it. Empty: not known. Asked only once connect()
  /// has accepted; it must not change then.
  virtual std::string user() const;

  Assigns& assigns() noexcept { return assigns_; }
  const Assigns& assigns() const noexcept { return assigns_; }

 protected:
  static ConnectResult accept() { return {}; }
  static ConnectResult refuse(int status = 403, std::string body = {}) {
    return {.accepted = false, .status = status, .body = std::move(body)};
  }
  /// For a decision that has to wait for something, such as a database: keep the answer, and return it from connect().
  /// Throws std::logic_error outside of connect().
  ConnectAnswer later();
  /// Runs `work`, such as a check that blocks, on the endpoint's worker threads, for an answer that comes later(). It
  /// must not touch the socket. An exception answers 500. Throws std::logic_error outside of connect(), and
  /// std::runtime_error when too much work waits already (EndpointOptions::max_blocking_jobs).
  void run_blocking(std::function<void()> work);

 private:
  friend class PendingConnect;
  Assigns assigns_;
  LaterConnect* connecting_ = nullptr;  // while connect() runs
};

}  // namespace suzaku::server
