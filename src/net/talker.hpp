#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/connection.hpp"
#include "net/endpoint.hpp"
#include "net/loop_thread.hpp"

namespace suzaku::net::test {

/// What the handler of a connection was told.
struct Told {
  std::string received;
  bool secured = false;
  int drained = 0;
  bool closed = false;
  std::optional<Failure> failure;
};

/// For tests: a connection to a port of this machine, with a loop of its own, from the client's side.
class Talker final : private Connection::Handler {
 public:
  /// Called on the loop's thread with everything that was received so far.
  using OnData = std::function<void(Connection&, const std::string&)>;

  explicit Talker(std::uint16_t port, OutLimits limits = {}, OnData on_data = {})
      : on_data_script_(std::move(on_data)) {
    const Endpoint server(boost::asio::ip::address_v4::loopback(), port);
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(socket, server.data(), static_cast<socklen_t>(server.size())) != 0) {
      ::close(socket);
      throw std::runtime_error("nobody listens on port " + std::to_string(port));
    }
    ::fcntl(socket, F_SETFL, O_NONBLOCK);
    thread_.run([&] {
      connection_ = std::make_unique<Connection>(thread_.loop(), socket,
                                                 Address(boost::asio::ip::address_v4::loopback(), port), limits);
      connection_->start(*this);
    });
  }
  ~Talker() {
    thread_.run([&] { connection_.reset(); });
  }
  Talker(const Talker&) = delete;
  Talker& operator=(const Talker&) = delete;

  /// Runs `work` with the connection on the loop's thread, and waits for it.
  template <class Work>
  void run(Work work) {
    thread_.run([&] { work(*connection_); });
  }
  void start_tls(std::shared_ptr<const TlsContext> context, const std::string& host) {
    run([&](Connection& connection) { connection.start_tls(std::make_unique<TlsSession>(std::move(context), host)); });
  }
  void send(std::string_view bytes) {
    run([&](Connection& connection) { connection.send(SharedBytes::copy(bytes)); });
  }

  /// Waits until `enough` says so of what was told.
  template <class Enough>
  Told await(Enough enough) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds(20), [&] { return enough(told_); }))
      throw std::runtime_error("waited in vain; received: \"" + told_.received + "\"");
    return told_;
  }
  Told await_end() {
    return await([](const Told& told) { return told.closed; });
  }
  Told await_text(const std::string& text) {
    return await([&](const Told& told) { return told.received.find(text) != std::string::npos || told.closed; });
  }

 private:
  template <class Change>
  void tell(Change change) {
    const std::lock_guard lock(mutex_);
    change(told_);
    changed_.notify_all();
  }
  void on_data(std::span<char> bytes) override {
    std::string all;
    tell([&](Told& told) { all = told.received.append(bytes.data(), bytes.size()); });
    if (on_data_script_) on_data_script_(*connection_, all);
  }
  void on_closed() override {
    tell([&](Told& told) {
      told.closed = true;
      if (const Failure* failure = connection_->failure()) told.failure = *failure;
    });
  }
  void on_overflow() override { connection_->abort(); }
  void on_secured() override {
    tell([](Told& told) { told.secured = true; });
  }
  void on_drained() override {
    tell([](Told& told) { ++told.drained; });
  }

  OnData on_data_script_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Told told_;
  LoopThread thread_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace suzaku::net::test
