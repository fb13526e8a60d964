#pragma once

#include <any>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <suzaku/server/channel.hpp>

#include "base/shared_bytes.hpp"
#include "net/loop.hpp"
#include "protocol/message.hpp"
#include "pubsub/pubsub.hpp"
#include "server/pending_join.hpp"

namespace suzaku::server {

class Socket;
struct Route;
struct Shard;

/// Runs one joined Channel of a user's (Phoenix.Channel.Server): calls its handlers one at a time, catches what they
/// throw, sends what they answer, and ends the channel in the right order of frames.
class ChannelProcess final : private pubsub::Subscriber, private net::Loop::Hook {
 public:
  ChannelProcess(Socket& socket, const Route& route, const protocol::Message& join);
  ~ChannelProcess();

  // --- for the socket ---
  /// Calls join() of the channel; if that accepts, subscribes to the topic. The caller sends the answer. When it
  /// answers later, the socket's finish_join() will be called, unless the join is cancelled before.
  JoinResult join(const protocol::Message& message, ActivityLog::Begin begin);
  bool is_pending() const noexcept { return pending_ != nullptr; }
  /// The join is accepted.
  void subscribe_to_topic();
  std::string_view topic_json() const noexcept { return topic_json_; }
  /// Keeps a message for after the join; false when too many are kept.
  bool hold(ws::Opcode opcode, std::string_view message) { return pending_->hold(opcode, message); }
  /// The join is no longer pending.
  std::unique_ptr<PendingJoin> take_pending() noexcept;
  /// Delivers what was sent to the channel while its join was pending.
  void deliver_mail() { on_turn_end(); }
  /// The connection has room again.
  void on_room();
  void handle_in(const protocol::Message& message);
  void leave(const protocol::Message& message);
  /// Ends the channel. The client is sent nothing.
  void terminate(TerminateReason reason) noexcept;
  void push_close();
  /// The join_ref as the client sent it, by which later messages are matched.
  std::string_view sent_join_ref() const noexcept { return sent_null_join_ref_ ? protocol::kNull : join_ref_; }

  // --- for the mailbox ---
  void enqueue(std::any message);
  void answer_join(const JoinResult& result, const Assigns& assigns);
  void crash(std::string_view where, std::string_view why);

  // --- for the channel ---
  const std::string& topic() const noexcept { return topic_; }
  std::string_view topic_suffix() const noexcept;
  Endpoint& endpoint() const noexcept;
  Socket& socket() const noexcept { return socket_; }
  Assigns& assigns() noexcept { return assigns_; }
  HandleResult reply(std::string_view status, const Payload& response);
  ReplyRef reply_ref() const;
  void stop();
  JoinAnswer later();
  bool push(std::string_view event, const Payload& payload);
  std::size_t room();
  void broadcast(std::string_view event, const Payload& payload, bool to_self);
  void subscribe(std::string_view topic);
  void unsubscribe(std::string_view topic);
  ChannelHandle self() const;
  Timer send_after(std::chrono::milliseconds delay, std::any message);
  void run_blocking(std::function<void()> work);

 private:
  enum class State : std::uint8_t { joining, joined, leaving, ended };
  struct Room {};  // there is room again
  using Mail = std::variant<std::any, std::shared_ptr<const pubsub::Broadcast>, Room>;

  void on_broadcast(const std::shared_ptr<const pubsub::Broadcast>& broadcast) override;
  void on_turn_end() override;
  void add_mail(Mail mail);
  void deliver(const Mail& mail);
  template <class Handler>
  void run(std::string_view name, std::string_view event, Handler&& handler);
  /// Ends the channel with phx_close to the client.
  void close(TerminateReason reason);
  void end(TerminateReason reason) noexcept;
  void require_joined(std::string_view what) const;
  void push_about_join(std::string_view event, const Payload& payload);

  Socket& socket_;
  Shard& shard_;
  const Route& route_;
  std::unique_ptr<Channel> channel_;
  std::string topic_;
  std::string topic_json_;
  std::string join_ref_;  // JSON text; the join's ref when it came without a join_ref
  Assigns assigns_;
  pubsub::Subscription subscription_;
  std::vector<std::unique_ptr<pubsub::Subscription>> more_subscriptions_;
  std::vector<Mail> mail_;
  std::string_view handling_ref_;  // of the push being handled; empty outside of handle_in
  SharedBytes pending_reply_;
  std::unique_ptr<PendingJoin> pending_;  // while the join waits for its answer
  std::uint64_t id_;
  State state_ = State::joining;
  bool sent_null_join_ref_;
  bool stop_requested_ = false;
  bool in_join_ = false;
  bool asked_later_ = false;
  bool wants_room_ = false;
};

}  // namespace suzaku::server
