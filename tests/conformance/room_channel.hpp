#pragma once

#include <suzaku/server.hpp>

namespace suzaku::conformance {

/// The server that the golden transcripts were recorded from: its socket refuses the token "bad" and is named after the
/// parameter user_id; its channel does, event by event, what README.md lists.
class UserSocket : public server::UserSocket {
 public:
  server::ConnectResult connect(const server::ConnectInfo& info) override;
  std::string id() const override { return id_; }

 private:
  std::string id_;
};

class RoomChannel : public server::Channel {
 public:
  /// `endpoint` is for `disconnect_user`.
  explicit RoomChannel(server::Endpoint& endpoint) : endpoint_(endpoint) {}

  server::JoinResult join(std::string_view topic, const Payload& params) override;
  server::HandleResult handle_in(std::string_view event, const Payload& payload) override;
  std::vector<std::string> intercept() const override { return {"intercepted"}; }
  void handle_out(std::string_view event, const Payload& payload) override;
  void handle_info(const std::any& message) override;

 private:
  server::Endpoint& endpoint_;
};

/// Mounts the socket at /socket, with the channel at room:*.
void mount(server::Endpoint& endpoint);

}  // namespace suzaku::conformance
