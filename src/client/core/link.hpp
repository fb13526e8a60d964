#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <suzaku/client/options.hpp>
#include <suzaku/client/socket.hpp>
#include <suzaku/json.hpp>

#include "client/core/counters.hpp"
#include "client/core/engine.hpp"
#include "client/core/observers.hpp"
#include "client/core/reconnect_policy.hpp"
#include "client/core/transport.hpp"

namespace suzaku::client::core {

struct Credentials {
  Payload params;
  std::string token;
  std::vector<Header> headers = {};
  std::optional<std::string> proxy = {};
};

/// Connects and reconnects: attempts, time-outs, backoff, failover from one URL to the next, and from WebSocket to long
/// poll. It does not read the messages.
class Link final : private Transport::Handler {
 public:
  class Handler {
   public:
    /// credentials() must follow, later, with the id that is returned.
    virtual RequestId request_credentials(const ConnectAttempt& attempt) = 0;
    virtual void on_link_status(client::Socket::Status status) = 0;
    virtual void on_link_open(const client::Socket::Opened& opened) = 0;
    /// Bytes were received: a message, or a part of one.
    virtual void on_link_bytes() = 0;
    virtual void on_link_message(protocol::FrameType type, std::string_view message) = 0;
    virtual void on_link_drained() = 0;
    /// The connection was open, and has ended.
    virtual void on_link_down(const Disconnect& reason) = 0;
    virtual void on_link_retry(const client::Socket::Reconnecting& reconnecting) = 0;
    /// There will be no further attempt; Kind::requested: disconnect() was called.
    virtual void on_link_end(const Disconnect& reason) = 0;
    /// A function of the user has thrown.
    virtual void on_user_error(std::exception_ptr error, std::string_view where) = 0;

   protected:
    ~Handler() = default;
  };

  /// `vsn`: for the URL's query.
  Link(Engine& engine, const SocketOptions& options, const std::vector<std::string>& urls, std::string_view vsn,
       Handler& handler, Counters& counters);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  void connect();
  void disconnect(std::uint16_t code, std::string_view reason);
  void credentials(RequestId request_id, Result<Credentials> credentials);
  /// Drops the open connection for this reason; it is made again.
  void drop(const Disconnect& reason);
  /// The network has changed: an attempt that waits for its time, or for an answer from the old network, is made now.
  /// True if there was one.
  bool wake();
  /// A message was received that only a working server sends.
  void prove();
  /// No further message comes until resume_reading().
  void pause_reading();
  void resume_reading();

  bool is_open() const noexcept { return state_ == State::open; }
  bool is_idle() const noexcept { return state_ == State::idle; }
  bool is_proven() const noexcept { return is_proven_; }
  std::size_t unsent_bytes() const noexcept { return transport_ ? transport_->buffered() : 0; }
  /// Does nothing unless is_open(): nothing is sent while the connection is being closed.
  void send(protocol::FrameType type, std::string_view message);
  Json dump() const;

 private:
  enum class State : std::uint8_t {
    idle,
    requesting_credentials,  // waits for params and token
    connecting,              // a transport is being opened
    open,
    closing,  // disconnect() was called
    waiting,  // for the time of the next attempt
  };

  /// One of the URLs, without its user and password, so that no callback, message or log can show them.
  struct Endpoint {
    explicit Endpoint(std::string_view whole);
    std::string url;
    std::string authorization;
  };

  // Transport::Handler
  void on_open() override;
  void on_bytes() override { handler_.on_link_bytes(); }
  void on_message(protocol::FrameType type, std::string_view message) override;
  void on_drained() override;
  void on_closed(const Disconnect& reason) override;

  void enter(State state);
  client::Socket::Status status() const noexcept;
  void begin();
  void attempt();
  void open_transport(const Credentials& credentials);
  void failed(const Disconnect& reason);
  void end(const Disconnect& reason);
  bool fall_back(const Disconnect& reason);
  void watch_fallback();
  bool requests_credentials() const noexcept {
    return options_.params.function() || options_.auth_token.function() || options_.headers.function() ||
           options_.proxy.function();
  }
  void wait(const Disconnect& reason, std::size_t attempt, std::chrono::milliseconds delay);
  void stop_timers();
  void set_timer(Engine::TimerId& timer, std::chrono::milliseconds delay, void (Link::*then)());
  void on_credentials_timeout();
  void on_fallback_timeout();
  void tap(WireEvent::Kind kind, std::string_view text, bool is_binary = false);

  Engine& engine_;
  const SocketOptions& options_;
  std::vector<Endpoint> endpoints_;
  Handler& handler_;
  Counters& counters_;
  ReconnectPolicy policy_;
  std::unique_ptr<Transport> transport_;
  std::string_view vsn_;
  State state_ = State::idle;
  TransportKind kind_;
  bool is_proven_ = false;      // this WebSocket works; no need for long poll
  bool was_connected_ = false;  // since connect()
  bool connect_after_close_ = false;
  std::size_t endpoint_ = 0;  // which of endpoints_
  TimePoint opened_at_;
  std::size_t failed_endpoints_ = 0;  // since the last delay
  RequestId request_id_ = 0;
  Engine::TimerId retry_timer_ = Engine::kNoTimer;
  Engine::TimerId credentials_timer_ = Engine::kNoTimer;
  Engine::TimerId fallback_timer_ = Engine::kNoTimer;
};

}  // namespace suzaku::client::core
