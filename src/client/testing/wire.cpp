#include "client/testing/wire.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "http/query.hpp"
#include "protocol/encoder.hpp"
#include "protocol/json_text.hpp"

namespace suzaku::client::testing {
namespace {

using protocol::FrameType;

constexpr std::size_t kPadding = 64;  // that Transport::Handler::on_message() promises
constexpr std::uint16_t kAbnormalClosure = 1006;

/// Which of Phoenix's serializers the client will speak; V2 when it is one of its own, of which we know nothing.
protocol::Version version_of(const std::string& url) {
  const auto query = http::decode_query(std::string_view(url).substr(std::min(url.size(), url.find('?') + 1)));
  const auto* vsn = query ? query->if_contains("vsn") : nullptr;
  if (!vsn || !vsn->is_string()) return protocol::Version::v2;
  return protocol::negotiate(std::string_view(vsn->get_string())).value_or(protocol::Version::v2);
}

std::string json_string(std::string_view text) {
  std::string json;
  protocol::append_json_string(json, text);
  return json;
}

/// The client's end.
class WireTransport final : public Transport {
 public:
  explicit WireTransport(std::shared_ptr<Wire> wire) : wire_(std::move(wire)) {}
  ~WireTransport() override { wire_->drop(); }

  void send(FrameType type, std::string_view message) override { wire_->send(type, message); }
  void close(std::uint16_t code, std::string_view reason) override { wire_->close_by_client(code, reason); }
  void pause_reading() override { wire_->pause_reading(); }
  void resume_reading() override { wire_->resume_reading(); }
  std::size_t buffered() const noexcept override { return wire_->buffered(); }

 private:
  const std::shared_ptr<Wire> wire_;
};

}  // namespace

Wire::Wire(const std::shared_ptr<ServerImpl>& server, std::size_t number, const Target& target,
           const SocketOptions& options, Transport::Handler& handler)
    : version_(version_of(target.url)),
      server_(server),
      engine_(*server->engine()),
      number_(number),
      target_(target),
      headers_(target.headers),
      max_unsent_(options.max_unsent),
      close_timeout_(options.close_timeout),
      handler_(&handler),
      answers_heartbeats_(server->options().answer_heartbeats) {
  tell("client", "connects to " + target.url);
  timer_ = engine_.after(options.connect_timeout, [this, time = options.connect_timeout] {
    timer_ = Engine::kNoTimer;
    tell("client", "gives up: nobody has answered for " + std::to_string(time.count()) + " ms");
    end_for_client({.kind = Disconnect::Kind::connect_timeout,
                    .message = "the server did not answer within " + std::to_string(time.count()) + " ms"});
  });
}

std::unique_ptr<Transport> Wire::make_transport() {
  return std::make_unique<WireTransport>(shared_from_this());
}

void Wire::tell(std::string_view who, std::string_view what) const {
  if (const auto server = server_.lock()) server->story().add(engine_.elapsed(), number_, who, what);
}

std::shared_ptr<ServerImpl> Wire::server() const {
  auto server = server_.lock();
  if (!server) throw std::logic_error("the test's server was destroyed before its connections were used");
  engine_.require_own_thread();
  return server;
}

// --- the client's end ---

void Wire::send(FrameType type, std::string_view message) {
  if (state_ != State::open) return;  // on its way when the connection ended
  if (is_stalled_) {
    stalled_bytes_ += message.size();
    stalled_.emplace_back(type, message);
  } else {
    receive(type, message);
  }
}

void Wire::receive(FrameType type, std::string_view message) {
  tell("client", shown(message, type == FrameType::binary));
  auto frame = std::make_shared<const Frame>(reader_.read(version_, type, message));
  const bool is_heartbeat = frame->topic == protocol::kPhoenixTopic && frame->event == protocol::event::kHeartbeat;
  if (is_heartbeat && answers_heartbeats_) {
    reply(*frame, "ok", {});
    return;
  }
  if (frame->event == protocol::event::kJoin) {
    channel_refs_[frame->topic] = frame->channel_ref();
  }
  inbox_.push_back(std::move(frame));
}

void Wire::close_by_client(std::uint16_t code, std::string_view reason) {
  if (state_ != State::open) return;
  const Connection::Close close{code, std::string(reason)};
  const Disconnect done{.kind = Disconnect::Kind::requested, .code = code, .message = "the connection was closed"};
  if (is_stalled_) {
    stalled_close_ = close;
    timer_ = engine_.after(close_timeout_, [this, done] {
      timer_ = Engine::kNoTimer;
      tell("client", "drops the connection: it could not be closed regularly");
      closed_by_client_ = Connection::Close{.code = kAbnormalClosure};
      end_for_client(done);
    });
    return;
  }
  tell("client", "closes with " + std::to_string(code) + " \"" + close.reason + '"');
  closed_by_client_ = close;
  end_for_client(done);
}

void Wire::drop() {
  engine_.cancel(std::exchange(timer_, Engine::kNoTimer));
  handler_ = nullptr;
  if (state_ == State::ended) return;
  tell("client", state_ == State::waiting ? "gives up" : "drops the connection");
  if (state_ == State::open) closed_by_client_ = Connection::Close{.code = kAbnormalClosure};
  state_ = State::ended;
}

void Wire::end_for_client(Disconnect reason) {
  engine_.cancel(std::exchange(timer_, Engine::kNoTimer));
  state_ = State::ended;
  stalled_.clear();
  stalled_bytes_ = 0;
  engine_.post([self = shared_from_this(), reason = std::move(reason)] {
    if (auto* handler = std::exchange(self->handler_, nullptr)) handler->on_closed(reason);
  });
}

// --- the test's end ---

void Wire::answer(const std::function<void()>& action) {
  const auto server = this->server();
  server->act([&] {
    if (state_ != State::waiting) server->fail("the attempt to connect does not wait for an answer any more");
    action();
  });
}

void Wire::act(const std::function<void()>& action) {
  const auto server = this->server();
  server->act([&] {
    if (state_ != State::open) server->fail("the connection has ended; the server cannot do anything with it");
    action();
  });
}

void Wire::accept() {
  tell("server", "accepts");
  engine_.cancel(std::exchange(timer_, Engine::kNoTimer));
  state_ = State::open;
  engine_.post([self = shared_from_this()] {
    if (self->handler_) self->handler_->on_open();
  });
}

void Wire::end(Disconnect reason, std::string_view what) {
  tell("server", what);
  end_for_client(std::move(reason));
}

void Wire::deliver(FrameType type, std::string frame) {
  tell("server", shown(frame, type == FrameType::binary));
  engine_.post([self = shared_from_this(), type, frame = std::move(frame)]() mutable {
    self->unread_.emplace_back(type, std::move(frame));
    self->hand_over();
  });
}

void Wire::hand_over() {
  while (handler_ && !is_paused_ && !unread_.empty()) {
    const auto [type, frame] = std::move(unread_.front());
    unread_.pop_front();
    // Memory of exactly this size, so that a sanitizer finds reads beyond it.
    const auto bytes = std::make_unique<char[]>(frame.size() + kPadding);
    std::ranges::copy(frame, bytes.get());
    std::fill_n(bytes.get() + frame.size(), kPadding, '?');
    handler_->on_message(type, {bytes.get(), frame.size()});
  }
}

void Wire::resume_reading() {
  is_paused_ = false;
  engine_.post([self = shared_from_this()] { self->hand_over(); });
}

void Wire::reply(const Frame& request, std::string_view status, const Payload& response) {
  std::string frame;
  const auto type = protocol::encode_reply(
      version_, {request.join_ref, request.ref, json_string(request.topic), status, response}, frame);
  deliver(type, std::move(frame));
}

void Wire::push(std::string_view join_ref, std::string_view ref, std::string_view topic, std::string_view event,
                const Payload& payload) {
  std::string frame;
  const auto type = protocol::encode_push(version_, {join_ref, ref, json_string(topic), event, payload}, frame);
  deliver(type, std::move(frame));
}

void Wire::broadcast(std::string_view topic, std::string_view event, const Payload& payload) {
  std::string frame;
  const auto type = protocol::encode_broadcast(version_, json_string(topic), event, payload, frame);
  deliver(type, std::move(frame));
}

void Wire::stall() {
  tell("server", "(stalls what the client sends)");
  is_stalled_ = true;
}

void Wire::drain() {
  tell("server", "(lets through what was stalled)");
  is_stalled_ = false;
  const bool was_full = std::exchange(stalled_bytes_, 0) > max_unsent_;
  for (const auto& [type, message] : std::exchange(stalled_, {})) receive(type, message);
  if (const auto close = std::exchange(stalled_close_, {})) {
    engine_.cancel(std::exchange(timer_, Engine::kNoTimer));
    close_by_client(close->code, close->reason);
  } else if (was_full) {
    engine_.post([self = shared_from_this()] {
      if (self->handler_) self->handler_->on_drained();
    });
  }
}

std::shared_ptr<const Frame> Wire::find(const Matcher& matches) const {
  const auto at = std::ranges::find_if(inbox_, [&](const auto& frame) { return matches(*frame); });
  return at == inbox_.end() ? nullptr : *at;
}

std::shared_ptr<const Frame> Wire::expect(const Matcher& matches, const std::string& what) {
  const auto server = this->server();
  std::shared_ptr<const Frame> frame;
  server->wait_for([&] { return (frame = find(matches)) != nullptr; });
  if (!frame) server->fail("expected " + what + "; the client has sent no such message");
  std::erase(inbox_, frame);
  return frame;
}

void Wire::refute(const Matcher& matches, const std::string& what) {
  const auto server = this->server();
  server->run();
  if (const auto frame = find(matches)) {
    server->fail("expected " + what + "; but the client has sent " +
                 shown(frame->raw, frame->type == FrameType::binary));
  }
}

std::string Wire::channel_ref(std::string_view topic) const {
  const auto at = channel_refs_.find(topic);
  if (at == channel_refs_.end()) server()->fail("the client has not joined \"" + std::string(topic) + "\" here");
  return at->second;
}

}  // namespace suzaku::client::testing
