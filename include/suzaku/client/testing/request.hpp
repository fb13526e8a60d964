#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <suzaku/client/serializer.hpp>
#include <suzaku/payload.hpp>

namespace suzaku::client::testing {

class Wire;
struct Frame;

/// A message that the client has sent. A handle: copies are the same message.
class Request {
 public:
  const std::string& topic() const noexcept;
  const std::string& event() const noexcept;
  const Payload& payload() const noexcept;
  /// 0: none.
  Ref ref() const noexcept;
  Ref join_ref() const noexcept;
  /// The frame as it was sent.
  std::string_view raw() const noexcept;
  bool is_binary() const noexcept;

  void reply_ok(Payload response = {}) const;
  void reply_error(Payload response = {}) const;
  /// With a status of the server's own.
  void reply(std::string_view status, Payload response = {}) const;

  Request(std::shared_ptr<Wire> wire, std::shared_ptr<const Frame> frame) noexcept
      : wire_(std::move(wire)), frame_(std::move(frame)) {}

 protected:
  std::shared_ptr<Wire> wire_;
  std::shared_ptr<const Frame> frame_;
};

/// A join that the client has asked for, and the server's channel that it makes. What is sent by a join that is over
/// (because the client has joined again) is stale, as it is with Phoenix.
class Join : public Request {
 public:
  using Request::Request;

  /// Sends an event to the client.
  void push(std::string_view event, Payload payload = {}) const;
  /// The channel ends with an error (phx_error).
  void crash() const;
  /// Closes the channel (phx_close).
  void close(Payload reason = {}) const;
};

}  // namespace suzaku::client::testing
