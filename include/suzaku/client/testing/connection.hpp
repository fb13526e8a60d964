#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <suzaku/client/testing/request.hpp>
#include <suzaku/payload.hpp>

namespace suzaku::client::testing {

/// A connection, seen from the server. A handle: copies are the same connection.
///
/// The functions that expect something let the client do first what it has to do now, and throw Failure when what they
/// expect has not come then. They take the first message that matches, whatever came before it; each message is taken
/// once. Payloads match when they have the members that are asked for, perhaps among others; {} matches all.
///
/// What the server does reaches the client at once, so its effects are there when the function returns. (Called within
/// a callback of the client's, all this happens when the callback has returned.)
class Connection {
 public:
  // --- what the client does ---
  Join expect_join(std::string_view topic, const Payload& params = {}) const;
  Request expect_leave(std::string_view topic) const;
  Request expect_push(std::string_view topic, std::string_view event, const Payload& payload = {}) const;
  /// Only when the server does not answer heartbeats by itself.
  Request expect_heartbeat() const;
  /// The next frame, whatever it is; with serializers of one's own, see Request::raw().
  Request expect_frame() const;
  struct Close {
    std::uint16_t code = 1000;  // 1006: the client has dropped the connection without a word
    std::string reason = {};
  };
  /// The client has closed the connection.
  Close expect_close() const;

  /// Throws Failure when there is such a message.
  void refute_join(std::string_view topic) const;
  void refute_leave(std::string_view topic) const;
  void refute_push(std::string_view topic, std::string_view event) const;
  /// Throws Failure when a message is there that was not expected yet, or the client has closed.
  void expect_nothing() const;

  // --- what the server does ---
  /// From the channel that the client has joined last.
  void push(std::string_view topic, std::string_view event, Payload payload = {}) const;
  /// To all who have joined the topic: without a join_ref.
  void broadcast(std::string_view topic, std::string_view event, Payload payload = {}) const;
  /// The channel ends with an error (phx_error).
  void crash(std::string_view topic) const;
  /// Closes the channel (phx_close).
  void close_channel(std::string_view topic, Payload reason = {}) const;
  /// Anything at all.
  void send_text(std::string frame) const;
  void send_binary(std::string frame) const;
  /// Instead of ServerOptions::answer_heartbeats.
  void answer_heartbeats(bool answer) const;

  // --- what happens to the connection ---
  /// A close frame of the server's.
  void close(std::uint16_t code, std::string_view reason = {}) const;
  /// It ends without a close frame.
  void lose(std::string_view why = "the connection was lost") const;
  /// What the client sends from now on gets no further than its own buffers, until drain().
  void stall() const;
  void drain() const;
  /// Bytes that have been stalled.
  std::size_t stalled() const noexcept;
  bool is_open() const noexcept;

  explicit Connection(std::shared_ptr<Wire> wire) noexcept : wire_(std::move(wire)) {}

 private:
  std::shared_ptr<Wire> wire_;
};

}  // namespace suzaku::client::testing
