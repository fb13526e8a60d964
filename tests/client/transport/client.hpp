#pragma once

#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include <suzaku/client/options.hpp>

#include "client/core/transport.hpp"
#include "client/transport/websocket_transport.hpp"
#include "net/loop_thread.hpp"
#include "support/inbox.hpp"
#include "support/scripted_server.hpp"

namespace suzaku::test {

/// The URL of a WebSocket on a scripted server.
inline std::string url_of(const ScriptedServer& server, const std::string& scheme = "ws") {
  return scheme + "://127.0.0.1:" + std::to_string(server.port()) + "/socket/websocket";
}

/// Expects a connection's end to be of that kind, and its message to hold all of the words.
inline void expect(const client::Disconnect& reason, client::Disconnect::Kind kind,
                   const std::vector<std::string>& words) {
  EXPECT_EQ(reason.kind, kind) << reason.message;
  for (const std::string& word : words)
    EXPECT_NE(reason.message.find(word), std::string::npos) << "no \"" << word << "\" in: " << reason.message;
}

/// A call of a transport to its handler.
struct Heard {
  enum class Kind { open, text, binary, drained, closed };
  Kind kind = Kind::open;
  std::string message = {};
  client::Disconnect reason = {};
};

/// A transport (a WebSocket, unless it is given another) on its own loop, and all its calls.
class Client final : private client::Transport::Handler {
 public:
  using Open = std::function<std::unique_ptr<client::Transport>(
      client::transport::Shared&, const client::Target&, const client::SocketOptions&, client::Transport::Handler&)>;

  explicit Client(client::SocketOptions options = {}, Open open = client::transport::open_websocket)
      : options_(std::move(options)), open_(std::move(open)) {
    if (!options_.proxy.value()) shared_->environment = [](const char*) { return std::nullopt; };
  }
  ~Client() {
    std::promise<void> gone;
    thread_.loop().post([&] {
      transport_.reset();
      thread_.loop().defer([&] {  // after what was disposed of
        shared_.reset();
        gone.set_value();
      });
    });
    gone.get_future().wait();
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void open(const std::string& url, const std::string& auth_token = {}) {
    thread_.run([&] { open_here(url, auth_token); });
  }
  /// The same, and the opposite, on the loop.
  void open_here(const std::string& url, const std::string& auth_token = {}) {
    is_within_ = true;
    transport_ = open_(
        *shared_,
        {.url = url, .auth_token = auth_token, .headers = options_.headers.value(), .proxy = options_.proxy.value()},
        options_, *this);
    is_within_ = false;
  }
  void destroy_here() { transport_.reset(); }

  /// Its next call.
  Heard next() { return heard_.next(); }
  /// The same, which must be of this kind.
  Heard next(Heard::Kind kind) {
    Heard heard = next();
    if (heard.kind != kind)
      throw std::runtime_error("heard something else: kind " + std::to_string(static_cast<int>(heard.kind)) + ", " +
                               heard.message + heard.reason.message);
    return heard;
  }
  void await_open() { next(Heard::Kind::open); }
  /// Until a part of a message has come in.
  void await_bytes() { bytes_.next(); }
  std::string next_text() { return next(Heard::Kind::text).message; }
  client::Disconnect await_closed() { return next(Heard::Kind::closed).reason; }
  bool has_heard_bytes() const { return bytes_.size() > 0; }
  bool has_heard_more() {
    thread_.settle();
    return heard_.size() > 0;
  }

  /// Runs `work` with the transport on the loop. Nothing it calls may call back from within; what does is marked so.
  void run(const std::function<void(client::Transport&)>& work) {
    thread_.run([&] {
      is_within_ = true;
      work(*transport_);
      is_within_ = false;
    });
  }
  void text(std::string_view message) {
    run([&](client::Transport& transport) { transport.send(protocol::FrameType::text, message); });
  }
  void close(std::uint16_t code, std::string_view reason = {}) {
    run([&](client::Transport& transport) { transport.close(code, reason); });
  }
  void destroy() {
    thread_.run([this] { transport_.reset(); });
  }
  std::size_t buffered() {
    std::size_t bytes = 0;
    run([&](client::Transport& transport) { bytes = transport.buffered(); });
    return bytes;
  }
  net::test::LoopThread& thread() noexcept { return thread_; }
  client::transport::Shared& shared() noexcept { return *shared_; }

  /// Called within the transport's callbacks, on the loop; may destroy the transport by the pointer it is given.
  std::function<void(Heard::Kind, std::unique_ptr<client::Transport>&)> within;

 private:
  void on_open() override { hear({.kind = Heard::Kind::open}); }
  void on_bytes() override { bytes_.add({}); }
  void on_message(protocol::FrameType type, std::string_view message) override {
    hear({.kind = type == protocol::FrameType::text ? Heard::Kind::text : Heard::Kind::binary,
          .message = std::string(message)});
  }
  void on_drained() override { hear({.kind = Heard::Kind::drained}); }
  void on_closed(const client::Disconnect& reason) override { hear({.kind = Heard::Kind::closed, .reason = reason}); }

  void hear(Heard heard) {
    if (is_within_) heard.message = "called back from within " + heard.message;
    const Heard::Kind kind = heard.kind;
    heard_.add(std::move(heard));
    if (within) within(kind, transport_);
  }

  client::SocketOptions options_;
  Open open_;
  Inbox<Heard> heard_;
  Inbox<std::monostate> bytes_;
  bool is_within_ = true;  // on the loop: a call of ours is under way
  net::test::LoopThread thread_;
  std::unique_ptr<client::transport::Shared> shared_ = std::make_unique<client::transport::Shared>(thread_.loop());
  std::unique_ptr<client::Transport> transport_;
};

}  // namespace suzaku::test
