#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <suzaku/client/options.hpp>
#include <suzaku/client/serializer.hpp>
#include <suzaku/json.hpp>

#include "client/core/channel.hpp"
#include "client/core/counters.hpp"
#include "client/core/engine.hpp"
#include "client/core/heartbeat.hpp"
#include "client/core/join_limiter.hpp"
#include "client/core/link.hpp"
#include "client/core/observers.hpp"
#include "client/core/operations.hpp"

namespace suzaku::client::core {

/// A socket and its channels, without threads and without I/O: phoenix.js's Socket. Everything is called on the
/// engine's thread. `options`, `observer`, `serializer` and `counters` outlive it.
class Socket final : private Link::Handler {
 public:
  Socket(Engine& engine, const SocketOptions& options, const std::vector<std::string>& urls, Serializer& serializer,
         SocketObserver& observer, Counters& counters);
  ~Socket();

  // --- calls of the user ---
  void connect(std::shared_ptr<Completion> completion);
  void disconnect(std::uint16_t code, std::string_view reason, std::shared_ptr<Completion> completion);
  void join(std::shared_ptr<ChannelObserver> channel, std::chrono::milliseconds timeout,
            std::shared_ptr<Completion> completion);
  void leave(const std::string& topic, std::chrono::milliseconds timeout, std::shared_ptr<Completion> completion);
  struct Push {
    std::string event;
    Payload payload;
    PushOptions options;
  };
  void push(const std::string& topic, Push push, std::shared_ptr<Completion> completion);
  /// A push of this channel was cancelled.
  void drop_cancelled(const std::string& topic);
  void ping(std::shared_ptr<Completion> completion);
  void network_changed();
  /// There is room for callbacks again (SocketObserver::has_room()), or a callback waits for a reply.
  void resume_reading();
  /// Ends everything with Outcome::closed and closes the connection; `done` is called when that has happened.
  void shut_down(Task done);
  Json dump() const;

  // --- answers to requests of the state machine ---
  void credentials(RequestId request_id, Result<Credentials> credentials);
  void join_params(const std::string& topic, RequestId request_id, Result<Payload> params);

  // --- for its channels ---
  Engine& engine() noexcept { return engine_; }
  const SocketOptions& options() const noexcept { return options_; }
  Operations& operations() noexcept { return operations_; }
  Counters& counters() noexcept { return counters_; }
  SocketObserver& observer() noexcept { return observer_; }
  bool is_open() const noexcept { return link_.is_open(); }
  std::size_t unsent_bytes() const noexcept { return link_.unsent_bytes(); }
  /// The time of the last message: later ones may have been missed.
  std::chrono::system_clock::time_point heard_at() const noexcept;
  /// The time of the last bytes that were received.
  TimePoint last_heard() const noexcept { return last_heard_; }
  /// Nothing is read from the connection: too many callbacks wait.
  bool is_paused() const noexcept { return is_paused_; }
  /// When reading was resumed last.
  TimePoint resumed_at() const noexcept { return resumed_at_; }
  /// A part of a message was received, and the rest was not yet.
  bool is_receiving() const noexcept { return last_heard_ > message_at_; }
  Result<void> send(const Serializer::Outgoing& message);
  struct Frame {
    protocol::FrameType type = protocol::FrameType::text;
    std::string_view bytes = {};  // valid until the next one
  };
  /// A frame for send().
  Result<Frame> encode(const Serializer::Outgoing& message);
  void send(const Frame& frame) { link_.send(frame.type, frame.bytes); }
  /// Adds an operation, and arms its deadline.
  Ref start(Operation operation, std::chrono::milliseconds timeout);
  /// Completes an operation, and counts its outcome.
  void finish(Operation& operation, Reply reply);
  RequestId next_request_id() noexcept { return ++last_request_id_; }
  JoinLimiter& join_limiter() noexcept { return join_limiter_; }
  /// Drops the connection for this reason; it is made again.
  void drop(const Disconnect& reason) { link_.drop(reason); }

 private:
  // Link::Handler
  RequestId request_credentials(const ConnectAttempt& attempt) override;
  void on_link_status(client::Socket::Status status) override;
  void on_link_open(const client::Socket::Opened& opened) override;
  void on_link_bytes() override;
  void on_link_message(protocol::FrameType type, std::string_view message) override;
  void on_link_drained() override;
  void on_link_down(const Disconnect& reason) override;
  void on_link_retry(const client::Socket::Reconnecting& reconnecting) override;
  void on_link_end(const Disconnect& reason) override;
  void on_user_error(std::exception_ptr error, std::string_view where) override;

  void receive(const Serializer::Incoming& message);
  void pause_reading();
  void on_reply(const Serializer::Incoming& message);
  void on_event(const Serializer::Incoming& message);
  void arm_deadline();
  void on_deadline();
  void on_expired(Ref ref, Operation operation);
  void finish_everything(const Reply& reply);
  Channel* find(std::string_view topic);
  void forget_closed(const Channel* channel);
  void for_each_channel(const std::function<void(Channel&)>& work);

  Engine& engine_;
  const SocketOptions& options_;
  Serializer& serializer_;
  SocketObserver& observer_;
  Counters& counters_;
  Operations operations_;
  std::map<std::string, std::unique_ptr<Channel>, std::less<>> channels_;
  JoinLimiter join_limiter_;
  Link link_;
  std::string frame_;  // reused
  std::vector<std::shared_ptr<Completion>> connect_calls_;
  std::vector<std::shared_ptr<Completion>> disconnect_calls_;
  TimePoint message_at_;  // of the last message
  TimePoint last_heard_;
  bool is_paused_ = false;
  TimePoint resumed_at_;
  Task shut_down_done_;
  RequestId last_request_id_ = 0;
  Heartbeat heartbeat_{*this};
  Engine::TimerId deadline_timer_ = Engine::kNoTimer;
  TimePoint deadline_ = {};  // when deadline_timer_ fires
};

}  // namespace suzaku::client::core
