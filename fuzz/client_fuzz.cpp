// A server that answers anything at all, and a user who does anything at any time: the input says what happens, step by
// step. In the end the socket is shut down, and every operation has ended once.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client_world.hpp"

namespace suzaku::client::fuzz {
namespace {

class Story final : public core::SocketObserver {
 public:
  explicit Story(Input input) : input_(input), serializer_(input_.byte() % 3 == 0 ? 1 : 2), engine_(1) {
    options_.max_buffered = 4;
    options_.overflow = input_.byte() % 2 == 0 ? Overflow::fail : Overflow::drop_oldest;
    options_.rejoin.max_concurrent = 2;
    if (input_.byte() % 2 == 0) options_.long_poll_fallback = 2s;
    engine_.set_connector([this](const Target&, const SocketOptions&, Transport::Handler& handler) {
      return std::make_unique<FuzzTransport>(wire_, engine_, handler);
    });
    std::vector<std::string> urls = {"ws://a.test/socket", "ws://b.test/socket"};
    socket_ = std::make_unique<core::Socket>(engine_, options_, std::move(urls), serializer_, *this, counters_);
    for (const char* topic : {"room:1", "room:2", "\xc3\xbc"})
      rooms_.push_back(std::make_shared<Room>(topic, engine_, socket_));
  }

  void tell() {
    while (!input_.is_empty()) {
      step();
      require(engine_.run());
    }
    end();
  }

 private:
  std::shared_ptr<Ended> completion() { return completions_.emplace_back(std::make_shared<Ended>()); }
  const std::shared_ptr<Room>& room() { return rooms_[input_.byte() % rooms_.size()]; }

  void step() {
    const std::uint8_t what = input_.byte();
    if (what % 2 == 0) {
      server_does(what / 2 % 10);
    } else {
      user_does(what / 2 % 10);
    }
  }

  void server_does(int what) {
    if (what == 0) {
      require(engine_.advance(std::chrono::milliseconds(input_.number())));
      return;
    }
    if (!wire_.handler) return;
    if (!wire_.is_open) return answer_attempt(what);
    switch (what) {
      case 1:
        return message(protocol::FrameType::text, input_.line());
      case 2:
        return message(protocol::FrameType::binary, input_.line());
      case 3:
        return end_connection({.kind = Disconnect::Kind::closed, .code = input_.number()});
      case 4:
        return end_connection({.kind = static_cast<Disconnect::Kind>(1 + input_.byte() % 12)});
      case 5:
        wire_.is_stalled = true;
        return;
      case 6:
        if (std::exchange(wire_.is_stalled, false)) wire_.handler->on_drained();
        return;
      case 7:
        return push();
      default:
        return reply();
    }
  }

  void answer_attempt(int what) {
    if (what == 1) {
      end_connection({.kind = Disconnect::Kind::refused, .http_status = 100 + input_.number() % 500});
    } else if (what == 2) {
      end_connection({.kind = Disconnect::Kind::connect_failed});
    } else if (!wire_.is_closing) {
      wire_.is_open = true;
      wire_.handler->on_open();
    }
  }

  void end_connection(const Disconnect& reason) { wire_.handler->on_closed(reason); }

  /// In memory of exactly the size that is promised.
  void message(protocol::FrameType type, std::string_view frame) {
    constexpr std::size_t kPadding = 64;
    const auto bytes = std::make_unique<char[]>(frame.size() + kPadding);
    std::memcpy(bytes.get(), frame.data(), frame.size());
    wire_.handler->on_message(type, {bytes.get(), frame.size()});
  }

  /// Answers one of the last messages, in a form that can be read.
  void reply() {
    if (serializer_.sent.empty()) return;
    const std::size_t back = input_.byte() % std::min<std::size_t>(serializer_.sent.size(), 4);
    const Sent sent = serializer_.sent[serializer_.sent.size() - 1 - back];
    constexpr std::array kResponses = {
        R"({"status":"ok","response":{}})",
        R"({"status":"error","response":{"reason":"unmatched topic"}})",
        R"({"status":"error","response":{"reason":"too many channels joined"}})",
        R"({"status":"weird","response":[1]})",
    };
    say(sent.join_ref, sent.ref, sent.topic, "phx_reply", kResponses[input_.byte() % kResponses.size()]);
  }

  void push() {
    constexpr std::array kEvents = {"shout", "phx_error", "phx_close", "phx_reply", "presence_state", "presence_diff"};
    const Ref join_ref = input_.byte();
    const auto& topic = room()->topic();
    say(join_ref, 0, topic, kEvents[input_.byte() % kEvents.size()], input_.line());
  }

  void say(Ref join_ref, Ref ref, std::string_view topic, std::string_view event, std::string_view payload) {
    const auto json = [](Ref number) { return number == 0 ? "null" : '"' + std::to_string(number) + '"'; };
    std::string frame;
    if (serializer_.vsn().starts_with('1')) {
      frame = R"({"topic":")" + std::string(topic) + R"(","event":")" + std::string(event) + R"(","ref":)" + json(ref) +
              R"(,"payload":)" + std::string(payload) + "}";
    } else {
      frame = '[' + json(join_ref) + ',' + json(ref) + ",\"" + std::string(topic) + "\",\"" + std::string(event) +
              "\"," + std::string(payload) + ']';
    }
    message(protocol::FrameType::text, frame);
  }

  void user_does(int what) {
    switch (what) {
      case 0:
        return socket_->connect(completion());
      case 1:
        return socket_->disconnect(1000, "", completion());
      case 2:
        return socket_->join(room(), std::chrono::milliseconds(input_.number()), completion());
      case 3:
        return socket_->leave(room()->topic(), std::chrono::milliseconds(input_.number()), completion());
      case 4:
      case 5:
        return socket_->push(room()->topic(),
                             {.event = "e",
                              .payload = {},
                              .options = {.timeout = std::chrono::milliseconds(input_.number()),
                                          .resend = what == 4 ? Resend::never : Resend::at_least_once}},
                             completion());
      case 6:
        return cancel();
      case 7:
        return socket_->ping(completion());
      case 8:
        return socket_->network_changed();
      default:
        (void)socket_->dump();
    }
  }

  void cancel() {
    if (completions_.empty()) return;
    completions_[completions_.size() - 1 - input_.byte() % completions_.size()]->is_cancelled = true;
    for (const auto& each : rooms_) socket_->drop_cancelled(each->topic());
  }

  void end() {
    bool is_done = false;
    socket_->shut_down([&] { is_done = true; });
    require(engine_.advance(10s));
    require(is_done);
    socket_.reset();
    require(!wire_.handler);
    require(engine_.advance(1h));
    for (const auto& each : completions_) require(each->times == 1 || (each->is_cancelled && each->times == 0));
    require(counters_.operations.get() == 0 && counters_.buffered.get() == 0 && counters_.channels.get() == 0);
  }

  // core::SocketObserver
  void request_credentials(const ConnectAttempt&, core::RequestId) override { std::abort(); }  // they are no function
  void on_status(client::Socket::Status) override {}
  void on_open(const client::Socket::Opened&) override {}
  void on_close(const Disconnect&) override {}
  void on_reconnect(const client::Socket::Reconnecting&) override {}
  void on_give_up(const Disconnect&) override {}
  void on_message(const Message&) override {}
  bool has_room() noexcept override { return true; }
  void on_bad_payload(std::string_view, std::string_view, std::string_view) override {}
  void on_user_error(std::exception_ptr, std::string_view) override { std::abort(); }  // nothing of ours throws

  Input input_;
  SocketOptions options_;
  Recorder serializer_;
  testing::VirtualEngine engine_;
  Wire wire_;
  core::Counters counters_;
  std::vector<std::shared_ptr<Ended>> completions_;
  std::vector<std::shared_ptr<Room>> rooms_;
  std::unique_ptr<core::Socket> socket_;
};

}  // namespace
}  // namespace suzaku::client::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace suzaku::client::fuzz;
  Story(Input({reinterpret_cast<const char*>(data), size})).tell();
  return 0;
}
