#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include <tl/expected.hpp>

#include <suzaku/client/disconnect.hpp>
#include <suzaku/client/options.hpp>

#include "client/core/transport.hpp"
#include "client/core/url.hpp"
#include "client/transport/proxy.hpp"
#include "client/transport/shared.hpp"
#include "http/response_parser.hpp"
#include "net/connection.hpp"
#include "net/connector.hpp"
#include "ws/client_handshake.hpp"

namespace suzaku::client::transport {

/// Makes one connection, step by step: TCP, the proxy's CONNECT, TLS, and for a WebSocket the upgrade; each within its
/// time.
/// Loop's thread only. It must not be destroyed within the functions it calls: detach() and dispose of it instead.
class Dialer final : private net::Connection::Handler {
 public:
  class Handler {
   public:
    /// The connection is open, and the server has agreed to the upgrade. `early`: bytes that came right behind its
    /// answer, as in Connection::Handler::on_data(). Long poll has no upgrade: both are empty.
    virtual void on_dialed(std::unique_ptr<net::Connection> connection, const ws::Agreement& agreement,
                           std::span<char> early) = 0;
    virtual void on_dial_failed(const Disconnect& reason) = 0;

   protected:
    ~Handler() = default;
  };

  /// Calls one function of the handler, once, and not from within.
  Dialer(Shared& shared, const Target& target, const SocketOptions& options, Handler& handler);
  ~Dialer();
  Dialer(const Dialer&) = delete;
  Dialer& operator=(const Dialer&) = delete;

  /// Gives up: calls on_dial_failed() soon, with Kind::requested.
  void cancel();
  /// Ends it at once; nothing is called any more.
  void detach() noexcept;

  /// "example.com:4000", for messages.
  const std::string& server() const noexcept { return server_; }

 private:
  enum class Step : std::uint8_t { connect, proxy, tls, upgrade, cancelled };

  tl::expected<void, Disconnect> prepare(const Target& target);
  void connect();
  void on_connected(net::Connector::Result result);
  void ask_proxy();
  void on_proxy_answer(http::ResponseParser::State state, std::span<char> rest);
  void go_on_to_server();
  void start_tls();
  void go_on_to_protocol();
  void ask_upgrade();
  void on_upgrade_answer(http::ResponseParser::State state, std::span<char> rest);

  void succeed(const ws::Agreement& agreement, std::span<char> early);

  void on_data(std::span<char> bytes) override;
  void on_secured() override;
  void on_closed() override;
  void on_overflow() override;

  void enter(Step step, net::Duration time);
  void on_timeout();
  void fail(Disconnect::Kind kind, std::string message);
  void fail(const Disconnect& reason);
  void fail_soon(Disconnect reason);

  Shared& shared_;
  const SocketOptions& options_;
  Handler* handler_;  // null once its last function was called
  TransportKind kind_;
  core::Url url_;
  std::string server_;
  std::optional<Proxy> proxy_;
  std::shared_ptr<const net::TlsContext> tls_context_;  // of wss
  ws::UpgradeRequest request_;
  std::string key_;

  std::unique_ptr<net::Connector> connector_;
  std::unique_ptr<net::Connection> connection_;
  http::ResponseParser parser_;
  net::TimePoint began_;
  net::Timers::Id timer_ = net::Timers::kNone;
  Step step_ = Step::connect;
};

}  // namespace suzaku::client::transport
