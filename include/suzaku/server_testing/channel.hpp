#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <suzaku/payload.hpp>

namespace suzaku::server_testing {

class ClientImpl;

/// Something that the client has sent, and the server answers. A handle.
class Push {
 public:
  /// The answer; returns its payload.
  Payload expect_reply(std::string_view status, const Payload& payload = {}) const;
  /// Throws Failure when there is an answer.
  void refute_reply() const;

 private:
  friend class Channel;
  friend class Client;
  friend class Join;
  Push(std::shared_ptr<ClientImpl> client, std::string topic, std::string ref)
      : client_(std::move(client)), topic_(std::move(topic)), ref_(std::move(ref)) {}
  std::shared_ptr<ClientImpl> client_;
  std::string topic_, ref_;
};

/// A channel that a client has joined. A handle. It belongs to one join: messages of an earlier or later one do not
/// match.
class Channel {
 public:
  /// The payload of the answer to the join.
  const Payload& response() const noexcept { return response_; }

  Push push(std::string_view event, const Payload& payload = {}) const;
  Push leave() const;

  /// From the server to this client: a push, or a broadcast of the topic. Returns its payload.
  Payload expect_push(std::string_view event, const Payload& payload = {}) const;
  /// Throws Failure when there is such a message.
  void refute_push(std::string_view event) const;
  /// The channel has ended: phx_close, or phx_error when it has crashed.
  void expect_close() const;
  void expect_error() const;

 private:
  friend class Join;
  Channel(std::shared_ptr<ClientImpl> client, std::string topic, std::string join_ref, Payload response)
      : client_(std::move(client)),
        topic_(std::move(topic)),
        join_ref_(std::move(join_ref)),
        response_(std::move(response)) {}
  std::shared_ptr<ClientImpl> client_;
  std::string topic_, join_ref_;
  Payload response_;
};

/// A join that the server answers. A handle.
class Join {
 public:
  Channel expect_ok(const Payload& response = {}) const;
  /// A message to the topic while the join waits.
  Push push(std::string_view event, const Payload& payload = {}) const;
  Push leave() const;
  /// Refused; returns the payload of the answer.
  Payload expect_error(const Payload& response = {}) const { return push_.expect_reply("error", response); }
  /// Throws Failure when there is an answer: it comes later.
  void refute_reply() const { push_.refute_reply(); }

 private:
  friend class Client;
  explicit Join(Push push) : push_(std::move(push)) {}
  Push push_;
};

}  // namespace suzaku::server_testing
