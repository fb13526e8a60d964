#include "client/transport/lingering_connections.hpp"

#include <utility>

namespace suzaku::client::transport {

class LingeringConnections::Lingering final : private net::Connection::Handler {
 public:
  Lingering(std::list<Lingering>& connections, std::unique_ptr<net::Connection> connection)
      : connections_(connections), connection_(std::move(connection)) {}

  void begin(std::list<Lingering>::iterator self) {
    self_ = self;
    connection_->set_handler(*this);
    connection_->close_after_flush(kLinger);
  }

 private:
  void on_closed() override { connections_.erase(self_); }  // destroys this
  void on_data(std::span<char>) override {}
  void on_overflow() override {}

  std::list<Lingering>& connections_;
  std::list<Lingering>::iterator self_;
  std::unique_ptr<net::Connection> connection_;
};

LingeringConnections::LingeringConnections() = default;
LingeringConnections::~LingeringConnections() = default;

void LingeringConnections::add(std::unique_ptr<net::Connection> connection) {
  connections_.emplace_front(connections_, std::move(connection));
  connections_.front().begin(connections_.begin());
}

}  // namespace suzaku::client::transport
