#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <suzaku/server/user_socket.hpp>

#include "net/address.hpp"
#include "protocol/encoder.hpp"
#include "protocol/message.hpp"
#include "pubsub/pubsub.hpp"
#include "server/channel_process.hpp"
#include "server/mount.hpp"
#include "server/shard.hpp"
#include "transport/websocket_session.hpp"

namespace suzaku::server {

/// One client's connection as Phoenix sees it (Phoenix.Socket): decodes messages, keeps the joined channels, and
/// decides what a message means by whether its topic is joined and by which join it belongs to.
class Socket final : public transport::WebSocketSession::Handler, private pubsub::Subscriber {
 public:
  Socket(Shard& shard, const Mount& mount, std::unique_ptr<UserSocket> user, const net::Address& peer,
         pubsub::FrameVariant variant);
  ~Socket() override;

  void on_open(FrameSink& sink) override;
  void on_room() override;
  void on_message(ws::Opcode opcode, std::string_view message) override;
  void on_close(End why) override;

  /// Ends the connection because its id was told to disconnect.
  void disconnect();

  // For its channels. Without a connection frames are dropped.
  void send(const protocol::Reply& reply);
  bool push(const protocol::Push& push);
  SharedBytes encode(const protocol::Reply& reply);
  bool send(const SharedBytes& frame) { return sink_ && sink_->send(frame, false); }
  FrameSink* sink() noexcept { return sink_; }
  pubsub::FrameVariant variant() const noexcept { return variant_; }
  Shard& shard() noexcept { return shard_; }
  UserSocket& user() noexcept { return *user_; }
  std::uint64_t id() const noexcept { return id_; }
  /// The client in log lines: address, port, the user and the id of the socket if it has them.
  std::string client() const;
  net::Duration join_timeout() const noexcept { return mount_.options().join_timeout; }
  /// The pending join of a channel has been answered: tells the client, and handles what it has sent meanwhile.
  void finish_join(ChannelProcess& channel, const JoinResult& result);
  /// The channel has ended by itself.
  void forget(ChannelProcess& channel);

 private:
  using Channels = std::vector<std::unique_ptr<ChannelProcess>>;

  void on_broadcast(const std::shared_ptr<const pubsub::Broadcast>& broadcast) override;

  SharedBytes scratch_frame(protocol::FrameType type);
  void handle(ws::Opcode opcode, std::string_view bytes);
  void handle_held(const HeldMessages& held);
  void dispatch(const protocol::Message& message, ws::Opcode opcode, std::string_view bytes);
  void dispatch_pending(ChannelProcess& channel, const protocol::Message& message, ws::Opcode opcode,
                        std::string_view bytes);
  void dispatch_unjoined(const protocol::Message& message);
  void dispatch_joined(ChannelProcess& channel, const protocol::Message& message);
  void join(const protocol::Message& message);
  void join_again(ChannelProcess& old, const protocol::Message& message);
  void answer_pending(const ChannelProcess& channel, const PendingJoin& join, const JoinResult& result);

  Channels::iterator lower_bound(std::string_view topic);
  ChannelProcess* find(std::string_view topic);
  std::unique_ptr<ChannelProcess> take(ChannelProcess& channel);

  Shard& shard_;
  const Mount& mount_;
  std::unique_ptr<UserSocket> user_;
  FrameSink* sink_ = nullptr;
  std::unique_ptr<pubsub::Subscription> id_subscription_;
  Channels channels_;  // ordered by topic
  std::uint64_t id_;
  net::Address peer_;
  pubsub::FrameVariant variant_;
  bool disconnected_ = false;
};

}  // namespace suzaku::server
