#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connection.hpp"
#include "options.hpp"
#include "websocket.hpp"

namespace phxload {

using Clock = std::chrono::steady_clock;

/// Nanoseconds of the steady clock: what a push carries as its "t".
std::uint64_t now_ns();

/// All connections, on one epoll and one thread.
class Swarm {
 public:
  using TextHandler = std::function<void(Connection&, std::string_view)>;

  explicit Swarm(const Options& options);

  /// Connects all and joins each to its topic; ends when the last join was answered. Throws Failure when one is
  /// refused, or when it takes more than 120 s.
  void join_all();

  /// Called with every text frame that comes after the join.
  void on_text(TextHandler handler) { on_text_ = std::move(handler); }

  /// Queues `event` with the payload {"t": now, "b": body}; flush() sends it. Connections on which something was just
  /// read are flushed anyway.
  void push(Connection& connection, std::string_view event);
  void flush(Connection& connection);

  void run_until(Clock::time_point end);

  std::vector<Connection>& connections() noexcept { return connections_; }
  std::uint64_t errors() const noexcept { return errors_; }
  const std::string& first_error() const noexcept { return first_error_; }

 private:
  void connect(std::uint32_t id);
  void turn(std::chrono::milliseconds longest);
  void read(Connection& connection);
  void finish_upgrade(Connection& connection, std::string_view& bytes);
  void finish_join(Connection& connection, std::string_view reply);
  void on_frame(Connection& connection, const Frame& frame);
  void broken(Connection& connection, const std::string& why);
  const std::string& topic_of(const Connection& connection) const { return topics_[connection.id % topics_.size()]; }

  const Options& options_;
  const std::string body_;
  std::vector<std::string> topics_;
  Descriptor epoll_;
  std::vector<Connection> connections_;
  std::vector<char> read_buffer_;
  std::string text_;  // Of the push being built.
  TextHandler on_text_ = [](Connection&, std::string_view) {};
  int joined_ = 0;
  std::uint64_t errors_ = 0;
  std::string first_error_;
};

}  // namespace phxload
