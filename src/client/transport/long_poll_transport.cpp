#include "client/transport/long_poll_transport.hpp"

#include <utility>

namespace suzaku::client::transport {
namespace {

/// The destructor detaches the session and disposes of it later, since it may run within one of its calls.
class LongPollTransport final : public Transport {
 public:
  LongPollTransport(Shared& shared, const Target& target, const SocketOptions& options, Transport::Handler& handler,
                    const LongPoll::Times& times)
      : shared_(shared), session_(std::make_unique<LongPoll>(shared, target, options, handler, times)) {}

  ~LongPollTransport() override {
    session_->detach();
    shared_.dispose(std::move(session_));
  }
  LongPollTransport(const LongPollTransport&) = delete;
  LongPollTransport& operator=(const LongPollTransport&) = delete;

  void send(protocol::FrameType type, std::string_view message) override { session_->send(type, message); }
  void close(std::uint16_t, std::string_view) override { session_->close(); }
  void pause_reading() override { session_->pause_reading(); }
  void resume_reading() override { session_->resume_reading(); }
  std::size_t buffered() const noexcept override { return session_->buffered(); }

 private:
  Shared& shared_;
  std::unique_ptr<LongPoll> session_;
};

}  // namespace

std::unique_ptr<Transport> open_long_poll(Shared& shared, const Target& target, const SocketOptions& options,
                                          Transport::Handler& handler, const LongPoll::Times& times) {
  return std::make_unique<LongPollTransport>(shared, target, options, handler, times);
}

}  // namespace suzaku::client::transport
