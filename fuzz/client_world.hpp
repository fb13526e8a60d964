#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/core/phoenix_serializer.hpp"
#include "client/core/presence_list.hpp"
#include "client/core/socket.hpp"
#include "client/testing/virtual_engine.hpp"

/// What surrounds the client that client_fuzz feeds.
namespace suzaku::client::fuzz {

using namespace std::chrono_literals;

inline void require(bool holds) {
  if (!holds) std::abort();
}

/// What is left of the input.
class Input {
 public:
  explicit Input(std::string_view bytes) : bytes_(bytes) {}
  bool is_empty() const noexcept { return bytes_.empty(); }
  std::uint8_t byte() {
    if (bytes_.empty()) return 0;
    const auto value = static_cast<std::uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return value;
  }
  std::uint16_t number() {
    const unsigned high = byte();
    return static_cast<std::uint16_t>(high << 8 | byte());
  }
  /// A line, without its end.
  std::string_view line() {
    const auto line = bytes_.substr(0, bytes_.find('\n'));
    bytes_.remove_prefix(std::min(bytes_.size(), line.size() + 1));
    return line;
  }

 private:
  std::string_view bytes_;
};

struct Sent {
  Ref join_ref;
  Ref ref;
  std::string topic;
};

/// Remembers what was sent, so that it can be answered.
class Recorder final : public Serializer {
 public:
  explicit Recorder(int vsn) : serializer_(vsn == 1 ? protocol::Version::v1 : protocol::Version::v2) {}
  std::string_view vsn() const noexcept override { return serializer_.vsn(); }
  bool encode(const Outgoing& message, std::string& out) override {
    sent.push_back({message.join_ref, message.ref, std::string(message.topic)});
    return serializer_.encode(message, out);
  }
  Result<Incoming> decode(std::string_view frame, bool is_binary) override {
    return serializer_.decode(frame, is_binary);
  }
  std::vector<Sent> sent;

 private:
  core::PhoenixSerializer serializer_;
};

/// The wire: one connection at a time, and what the input does to it.
struct Wire {
  Transport::Handler* handler = nullptr;  // while there is a connection
  bool is_open = false;
  bool is_closing = false;
  bool is_stalled = false;
};

class FuzzTransport final : public Transport {
 public:
  FuzzTransport(Wire& wire, testing::VirtualEngine& engine, Handler& handler) : wire_(wire), engine_(engine) {
    require(!wire_.handler);
    wire_ = {.handler = &handler};
  }
  ~FuzzTransport() override { wire_ = {}; }
  FuzzTransport(const FuzzTransport&) = delete;
  FuzzTransport& operator=(const FuzzTransport&) = delete;

  void send(protocol::FrameType, std::string_view) override { require(wire_.is_open && !wire_.is_closing); }
  void close(std::uint16_t, std::string_view) override {
    wire_.is_closing = true;
    engine_.after(3s, [&wire = wire_, handler = wire_.handler] {
      if (wire.handler == handler && wire.is_closing) handler->on_closed({.kind = Disconnect::Kind::requested});
    });
  }
  void pause_reading() override {}
  void resume_reading() override {}
  std::size_t buffered() const noexcept override { return wire_.is_stalled ? 100'000'000 : 0; }

 private:
  Wire& wire_;
  testing::VirtualEngine& engine_;
};

class Ended final : public core::Completion {
 public:
  bool on_send() override { return !is_finished(); }
  void finish(Reply) override { ++times; }
  bool is_finished() const noexcept override { return times > 0 || is_cancelled; }
  int times = 0;
  bool is_cancelled = false;
};

class Room final : public core::ChannelObserver, private core::PresenceList::Events {
 public:
  Room(std::string topic, testing::VirtualEngine& engine, std::unique_ptr<core::Socket>& socket)
      : topic_(std::move(topic)), engine_(engine), socket_(socket) {}

  const std::string& topic() const noexcept override { return topic_; }
  void request_join_params(const JoinAttempt& attempt, core::RequestId request_id) override {
    engine_.post([this, request_id, fails = attempt.attempt % 5 == 4] {
      if (socket_) socket_->join_params(topic_, request_id, fails ? Result<Payload>(failure("no")) : Payload());
    });
  }
  void on_state(Channel::State) override {}
  void on_joined(const Joined&) override { ++join_; }
  void on_gap(const Gap&) override {}
  void on_error(const ChannelError&) override {}
  void on_close(const Payload&) override {}
  void on_message(const Message& message) override {
    if (message.payload.is_binary()) return;
    if (message.event == "presence_state") (void)presence_.receive_state(join_, message.payload.json(), *this);
    if (message.event == "presence_diff") (void)presence_.receive_diff(join_, message.payload.json(), *this);
  }
  void on_buffered(std::size_t) override {}

 private:
  void on_join(std::string_view key, const Json*, const Json&) override { require(presence_.find(key) != nullptr); }
  void on_leave(std::string_view key, const Json&, const Json&) override { require(presence_.find(key) != nullptr); }
  void on_sync() override {}

  const std::string topic_;
  testing::VirtualEngine& engine_;
  std::unique_ptr<core::Socket>& socket_;
  core::PresenceList presence_;
  Ref join_ = 1;
};

}  // namespace suzaku::client::fuzz
