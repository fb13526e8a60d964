#include "client/transport/websocket_transport.hpp"

#include <utility>

#include "client/transport/dialer.hpp"
#include "client/transport/websocket.hpp"

namespace suzaku::client::transport {
namespace {

/// A dialer first, then a WebSocket. The destructor detaches them and disposes of them later, since it may run within
/// one of their calls.
class WebSocketTransport final : public Transport, private Dialer::Handler {
 public:
  WebSocketTransport(Shared& shared, const Target& target, const SocketOptions& options, Transport::Handler& handler)
      : shared_(shared),
        options_(options),
        handler_(handler),
        dialer_(std::make_unique<Dialer>(shared, target, options, static_cast<Dialer::Handler&>(*this))) {}

  ~WebSocketTransport() override {
    dispose(dialer_);
    dispose(websocket_);
  }
  WebSocketTransport(const WebSocketTransport&) = delete;
  WebSocketTransport& operator=(const WebSocketTransport&) = delete;

  void send(protocol::FrameType type, std::string_view message) override {
    if (websocket_) websocket_->send(type, message);
  }
  void close(std::uint16_t code, std::string_view reason) override {
    if (websocket_) return websocket_->close(code, reason);
    if (dialer_) dialer_->cancel();
  }
  void pause_reading() override {
    if (websocket_) websocket_->pause_reading();
  }
  void resume_reading() override {
    if (websocket_) websocket_->resume_reading();
  }
  std::size_t buffered() const noexcept override { return websocket_ ? websocket_->buffered() : 0; }

 private:
  void on_dialed(std::unique_ptr<net::Connection> connection, const ws::Agreement& agreement,
                 std::span<char> early) override {
    websocket_ =
        std::make_unique<WebSocket>(shared_, std::move(connection), dialer_->server(), agreement, options_, handler_);
    dispose(dialer_);
    websocket_->start(early);  // may destroy this
  }

  void on_dial_failed(const Disconnect& reason) override {
    dispose(dialer_);
    handler_.on_closed(reason);  // may destroy this
  }

  template <class Part>
  void dispose(std::unique_ptr<Part>& part) {
    if (!part) return;
    part->detach();
    shared_.dispose(std::move(part));
  }

  Shared& shared_;
  const SocketOptions& options_;
  Transport::Handler& handler_;
  std::unique_ptr<Dialer> dialer_;
  std::unique_ptr<WebSocket> websocket_;
};

}  // namespace

std::unique_ptr<Transport> open_websocket(Shared& shared, const Target& target, const SocketOptions& options,
                                          Transport::Handler& handler) {
  return std::make_unique<WebSocketTransport>(shared, target, options, handler);
}

}  // namespace suzaku::client::transport
