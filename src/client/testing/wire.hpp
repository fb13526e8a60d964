#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <suzaku/client/testing/connection.hpp>

#include "client/core/transport.hpp"
#include "client/testing/frame.hpp"
#include "client/testing/server_impl.hpp"

namespace suzaku::client::testing {

/// One connection, from the attempt to its end: at one end the client's transport, at the other the test. What the test
/// does reaches the client by a task of the engine.
class Wire final : public std::enable_shared_from_this<Wire> {
 public:
  /// `number`: from 1. `options` and `handler` live as long as the client's end.
  Wire(const std::shared_ptr<ServerImpl>& server, std::size_t number, const Target& target,
       const SocketOptions& options, Transport::Handler& handler);
  std::unique_ptr<Transport> make_transport();

  // --- the client's end ---
  void send(protocol::FrameType type, std::string_view message);
  void close_by_client(std::uint16_t code, std::string_view reason);
  void pause_reading() noexcept { is_paused_ = true; }
  void resume_reading();
  /// The transport is destroyed.
  void drop();
  std::size_t buffered() const noexcept { return stalled_bytes_; }

  // --- the test's end ---
  /// The server it is a connection of. Throws std::logic_error when that is gone, or on another thread than its own.
  std::shared_ptr<ServerImpl> server() const;
  const Target& target() const noexcept { return target_; }
  const std::vector<Header>& headers() const noexcept { return headers_; }
  bool is_waiting() const noexcept { return state_ == State::waiting; }
  bool is_open() const noexcept { return state_ == State::open; }

  /// Answers the attempt by `action`, and lets the client go on. Throws Failure when it does not wait any more.
  void answer(const std::function<void()>& action);
  /// Does something to the client, and lets it go on. Throws Failure when the connection is not open.
  void act(const std::function<void()>& action);

  // Within answer() and act():
  void accept();
  /// The connection ends, or does not come about. `what`: for the story.
  void end(Disconnect reason, std::string_view what);
  void deliver(protocol::FrameType type, std::string frame);
  /// Throws std::invalid_argument for what the serializer cannot encode.
  void reply(const Frame& request, std::string_view status, const Payload& response);
  /// From the channel of this join; `join_ref` and `ref` are JSON.
  void push(std::string_view join_ref, std::string_view ref, std::string_view topic, std::string_view event,
            const Payload& payload);
  void broadcast(std::string_view topic, std::string_view event, const Payload& payload);
  void stall();
  void drain();
  void answer_heartbeats(bool answer) noexcept { answers_heartbeats_ = answer; }
  bool answers_heartbeats() const noexcept { return answers_heartbeats_; }

  using Matcher = std::function<bool(const Frame&)>;
  /// The first frame that matches and was not taken yet. Throws Failure when there is none; `what` says what it is.
  std::shared_ptr<const Frame> expect(const Matcher& matches, const std::string& what);
  /// Throws Failure when there is such a frame.
  void refute(const Matcher& matches, const std::string& what);
  /// How the client has closed the connection; given once.
  std::optional<Connection::Close> take_close() { return std::exchange(closed_by_client_, {}); }

  /// Of the last join of a topic, as JSON. Throws Failure when there was none.
  std::string channel_ref(std::string_view topic) const;

 private:
  enum class State : std::uint8_t { waiting, open, ended };

  std::shared_ptr<const Frame> find(const Matcher& matches) const;
  void receive(protocol::FrameType type, std::string_view message);
  void hand_over();
  void end_for_client(Disconnect reason);
  void tell(std::string_view who, std::string_view what) const;

  const protocol::Version version_;
  const std::weak_ptr<ServerImpl> server_;
  VirtualEngine& engine_;  // outlives the client's end, and the server
  const std::size_t number_;
  const Target target_;
  const std::vector<Header> headers_;
  const std::size_t max_unsent_;
  const std::chrono::milliseconds close_timeout_;
  Transport::Handler* handler_;  // until the client's end is gone
  State state_ = State::waiting;
  bool answers_heartbeats_;
  bool is_paused_ = false;  // the client reads nothing
  std::deque<std::pair<protocol::FrameType, std::string>> unread_;
  bool is_stalled_ = false;
  std::vector<std::pair<protocol::FrameType, std::string>> stalled_;
  std::size_t stalled_bytes_ = 0;
  std::optional<Connection::Close> stalled_close_;
  std::optional<Connection::Close> closed_by_client_;
  FrameReader reader_;
  std::deque<std::shared_ptr<const Frame>> inbox_;  // what was not taken yet
  std::map<std::string, std::string, std::less<>> channel_refs_;
  Engine::TimerId timer_ = Engine::kNoTimer;  // of an unanswered attempt, or a close that gets stuck
};

}  // namespace suzaku::client::testing
