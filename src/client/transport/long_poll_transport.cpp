#include "client/transport/long_poll_transport.hpp"

#include <utility>

namespace suzaku::client::transport {
namespace {

/// The session is told that nobody listens any more, and disposed of, when this one goes: it may be in the middle of
/// calling the handler.
class LongPollTransport final : public Transport {
 public:
  LongPollTransport(Shared& shared, const Target& target, const SocketOptions& options, Transport::Handler& handler,
                    net::Duration patience)
      : shared_(shared), session_(std::make_unique<LongPoll>(shared, target, options, handler, patience)) {}

  ~LongPollTransport() override {
    session_->detach();
    shared_.dispose(std::move(session_));
  }
  LongPollTransport(const LongPollTransport&) = delete;
  LongPollTransport& operator=(const LongPollTransport&) = delete;

  void send(protocol::FrameType type, std::string_view message) override { session_->send(type, message); }
  void close(std::uint16_t, std::string_view) override { session_->close(); }
  std::size_t buffered() const noexcept override { return session_->buffered(); }

 private:
  Shared& shared_;
  std::unique_ptr<LongPoll> session_;
};

}  // namespace

std::unique_ptr<Transport> open_long_poll(Shared& shared, const Target& target, const SocketOptions& options,
                                          Transport::Handler& handler, net::Duration patience) {
  return std::make_unique<LongPollTransport>(shared, target, options, handler, patience);
}

}  // namespace suzaku::client::transport
