#include "client/transport/lingering_connections.hpp"

#include <utility>

namespace suzaku::client::transport {

class Farewells::Farewell final : private net::Connection::Handler {
 public:
  Farewell(std::list<Farewell>& present, std::unique_ptr<net::Connection> connection)
      : present_(present), connection_(std::move(connection)) {}

  void begin(std::list<Farewell>::iterator self) {
    self_ = self;
    connection_->set_handler(*this);
    connection_->close_after_flush(kLinger);
  }

 private:
  void on_closed() override { present_.erase(self_); }  // destroys this
  void on_data(std::span<char>) override {}
  void on_overflow() override {}

  std::list<Farewell>& present_;
  std::list<Farewell>::iterator self_;
  std::unique_ptr<net::Connection> connection_;
};

Farewells::Farewells() = default;
Farewells::~Farewells() = default;

void Farewells::add(std::unique_ptr<net::Connection> connection) {
  present_.emplace_front(present_, std::move(connection));
  present_.front().begin(present_.begin());
}

}  // namespace suzaku::client::transport
