#pragma once

#include <any>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <suzaku/payload.hpp>
#include <suzaku/server/assigns.hpp>
#include <suzaku/server/topic_subscription.hpp>

namespace suzaku::server {

class ChannelProcess;
class Endpoint;
class Mailbox;
class UserSocket;

/// What join() decides.
struct [[nodiscard]] JoinResult {
  bool accepted;
  Payload response = {};
  bool is_later = false;  // a JoinAnswer decides
};

/// The answer to a join that comes later (Channel::later()). The first answer counts, from any thread; all others do
/// nothing, as does one after the join has ended: its client has left or has gone, its time is up
/// (SocketOptions::join_timeout), or there is no server any more.
class JoinAnswer {
 public:
  JoinAnswer() = default;

  /// Lets the client in. The channel gets these assigns, too.
  void ok(Payload response = {}, Assigns assigns = {}) const;
  void error(Payload response = {}) const;

  /// What join() returns. An answer that later() has not made crashes the join.
  operator JoinResult() const { return {.accepted = false, .is_later = true}; }

 private:
  friend class ChannelProcess;
  JoinAnswer(std::shared_ptr<Mailbox> mailbox, std::uint64_t channel)
      : mailbox_(std::move(mailbox)), channel_(channel) {}
  void answer(JoinResult result, Assigns assigns) const;
  std::shared_ptr<Mailbox> mailbox_;
  std::uint64_t channel_ = 0;
};

/// What handle_in() returns: whether the reply made by reply() is to be sent.
enum class [[nodiscard]] HandleResult : bool { no_reply, reply };

/// A handle to a running channel, good on any thread and for ever: once the channel has ended it does nothing.
class ChannelHandle {
 public:
  ChannelHandle() = default;

  /// Puts a message into the channel's mailbox; its handle_info() gets it. Messages of one thread arrive in order.
  void send(std::any message) const;
  /// Pushes to the channel's client, as Channel::push() does. What cannot be pushed is logged as an error.
  void push(std::string_view event, const Payload& payload = {}) const;

 private:
  friend class ChannelProcess;
  ChannelHandle(std::shared_ptr<Mailbox> mailbox, std::uint64_t channel)
      : mailbox_(std::move(mailbox)), channel_(channel) {}
  std::shared_ptr<Mailbox> mailbox_;
  std::uint64_t channel_ = 0;
};

/// A message that send_after() will send. Any thread.
class Timer {
 public:
  Timer() = default;
  /// The message is not sent, unless it has been.
  void cancel() const;

 private:
  friend class ChannelProcess;
  Timer(std::shared_ptr<Mailbox> mailbox, std::uint64_t timer) : mailbox_(std::move(mailbox)), timer_(timer) {}
  std::shared_ptr<Mailbox> mailbox_;
  std::uint64_t timer_ = 0;
};

/// A push that waits for its reply (Phoenix's socket_ref). Replies from any thread, any number of times, even after the
/// channel has ended; once the connection is gone it does nothing. A reply that cannot be encoded for the client (bytes
/// and serializer V1, a status that is not UTF-8) is logged as an error and not sent.
class ReplyRef {
 public:
  ReplyRef() = default;

  void reply(std::string_view status, const Payload& response = {}) const;
  void reply_ok(const Payload& response = {}) const { reply("ok", response); }
  void reply_error(const Payload& response = {}) const { reply("error", response); }

 private:
  friend class ChannelProcess;
  std::shared_ptr<Mailbox> mailbox_;
  std::uint64_t connection_ = 0;
  std::string join_ref_, ref_, topic_;  // JSON text
};

/// Why a channel ends.
enum class TerminateReason {
  left,            // the client left
  stopped,         // the channel called stop()
  crashed,         // a handler threw; the client gets phx_error and joins again
  closed,          // the connection has ended
  disconnected,    // Endpoint::disconnect()
  draining,        // the server is shutting down
  duplicate_join,  // the client joined the topic again
};

/// One client on one topic: make a class of your own, and give it to Endpoint::socket().channel().
///
/// A channel is an actor: all its methods run on the event loop of its connection, one at a time, so it needs no lock;
/// and they must not block, since other connections wait meanwhile (run_blocking() is for that). An exception from a
/// handler ends this channel alone, with phx_error to the client. Behaviour is that of Phoenix.Channel 1.8.
class Channel {
 public:
  // So that a channel outside of this namespace can say them as they are.
  using JoinAnswer = server::JoinAnswer;
  using JoinResult = server::JoinResult;
  using HandleResult = server::HandleResult;
  using TerminateReason = server::TerminateReason;
  using ChannelHandle = server::ChannelHandle;
  using ReplyRef = server::ReplyRef;
  using Timer = server::Timer;
  using TopicMessage = server::TopicMessage;
  using Payload = suzaku::Payload;

  Channel() = default;
  virtual ~Channel() = default;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /// The client wants in: return ok(), error() or later(). It has not joined yet, so push() and broadcast() throw; to
  /// push something first thing, self().send() a message and push from handle_info(). An exception refuses with "join
  /// crashed".
  virtual JoinResult join(std::string_view topic, const Payload& params) = 0;

  /// The client pushed an event. The default throws: an unknown event ends the channel.
  virtual HandleResult handle_in(std::string_view event, const Payload& payload);

  /// The events of broadcasts on the own topic that go through handle_out() instead of straight to the client. Asked
  /// once per channel class and topic pattern.
  virtual std::vector<std::string> intercept() const;
  /// An intercepted broadcast. The default pushes it on unchanged.
  virtual void handle_out(std::string_view event, const Payload& payload);

  /// A message from ChannelHandle::send(), send_after(), or (as TopicMessage) from subscribe(). The default ignores it.
  virtual void handle_info(const std::any& message);

  /// There is room again, after room() was 0: go on pushing. The default does nothing.
  virtual void handle_room();

  /// The channel has ended. What is pushed here reaches the client only if it left, was
  /// stopped or crashed.
  virtual void terminate(TerminateReason reason);

 protected:
  // --- answers ---
  static JoinResult ok(Payload response = {}) { return {true, std::move(response)}; }
  static JoinResult error(Payload response = {}) { return {false, std::move(response)}; }
  /// For a join that has to wait for something, such as a database: keep the answer, and return it from join(). Until
  /// it is answered, messages to the channel wait, and so do those of its client for this topic: at most 100, 1 MiB
  /// and what is left of EndpointOptions::max_unfinished_bytes; each counts 160 bytes more than it has. One more, a
  /// leave or another join cancels the join, with the reason "join cancelled"; the channel is then destroyed without
  /// terminate(), as after a refusal. Throws std::logic_error outside of join().
  JoinAnswer later();

  static HandleResult no_reply() noexcept { return HandleResult::no_reply; }
  /// Answers the push that is being handled: `return reply_ok(payload);`. The status is any word; phoenix.js calls what
  /// was registered with receive(status). Throws std::logic_error outside of handle_in().
  HandleResult reply(std::string_view status, const Payload& response = {});
  HandleResult reply_ok(const Payload& response = {}) { return reply("ok", response); }
  HandleResult reply_error(const Payload& response = {}) { return reply("error", response); }
  /// For replying later, from anywhere: keep it and return no_reply(). Only in handle_in().
  ReplyRef reply_ref() const;

  /// Ends the channel once the running handler has returned, after its reply; the client gets phx_close. Not in join():
  /// refuse there (std::logic_error).
  void stop();

  // --- messages ---
  /// To this client. The payload must be an object or binary (std::invalid_argument otherwise). A binary payload is
  /// skipped when the client cannot be sent one: it speaks serializer V1, or joined with a topic or join_ref of more
  /// than 255 bytes. False when the message was not queued: skipped, the connection has ended, or more waits for it
  /// than EndpointOptions::max_queued_bytes, which ends it.
  bool push(std::string_view event, const Payload& payload = {});
  /// For a channel that has much to push: how many bytes it should push now, at most 128 KiB and at least half of that;
  /// or 0, when enough waits for this client already. Then handle_room() is called once there is room again. All
  /// channels of a connection share its room. 0 in join(), and once the channel has ended.
  std::size_t room();
  /// To every client on the topic, this one too, on all nodes; of a binary payload, to those of serializer V2. Throws
  /// std::invalid_argument, before anyone has got it, for what some client could not be sent: a payload that is neither
  /// an object nor binary, an event that is not UTF-8, a topic or event of more than 255 bytes beside a binary payload,
  /// an event of the protocol itself (phx_join, phx_leave, phx_reply, phx_close, phx_error).
  void broadcast(std::string_view event, const Payload& payload = {});
  /// The same, to every client but this one.
  void broadcast_from(std::string_view event, const Payload& payload = {});
  /// Also get what is broadcast on another topic, as TopicMessage.
  void subscribe(std::string_view topic);
  void unsubscribe(std::string_view topic);

  // --- time and threads ---
  ChannelHandle self() const;
  /// handle_info(message), not before `delay` has passed. Dropped when the channel ends before.
  Timer send_after(std::chrono::milliseconds delay, std::any message);
  /// Runs `work` on the endpoint's worker threads. It must not touch the channel: let it keep a reply_ref() or self().
  /// An exception ends the channel as one from a handler does. Throws std::runtime_error when too much work waits
  /// already (EndpointOptions::max_blocking_jobs).
  void run_blocking(std::function<void()> work);

  // --- state ---
  const std::string& topic() const;
  /// What stands in the place of the pattern's star: "42" of "room:42" for "room:*". Empty for a whole topic.
  std::string_view topic_suffix() const;
  Endpoint& endpoint() const;
  UserSocket& socket() const;
  Assigns& assigns();

 private:
  friend class ChannelProcess;
  ChannelProcess* process_ = nullptr;
};

}  // namespace suzaku::server
