#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include <suzaku/payload.hpp>
#include <suzaku/server/endpoint.hpp>
#include <suzaku/server_testing/client.hpp>
#include <suzaku/server_testing/http.hpp>

namespace suzaku::server_testing {

class ServerImpl;

/// A server without a network, and the time and the thread that it lives in. The server is the real one: routers,
/// sockets, channels, serializers. It runs within the functions of this class and its handles, on the thread that calls
/// them, and at no other moment. Time passes only in advance(). Work of run_blocking() runs on this thread too: after
/// the handler that asked for it, or, once hold_blocking_work() was called, in run_blocking_work().
///
/// Not there is what belongs to the transport: SocketOptions::idle_timeout, max_frame_size and compress.
///
///     server_testing::Server server;
///     server.endpoint().socket<ChatSocket>("/socket").channel<RoomChannel>("room:*");
///
///     server_testing::Client ada = server.connect({.params = {{"token", "ada's"}}});
///     server_testing::Channel room = ada.subscribe_and_join("room:1");
///     room.push("shout", {{"text", "hi"}}).expect_reply("ok");
///     server.expect_broadcast("room:1", "shout", {{"text", "hi"}});
///
/// The names are those of Phoenix.ChannelTest, with expect_ for assert_. Functions that expect something let the server
/// do first what it has to do now, and throw Failure when what they expect has not come then. They take the first
/// message that matches, whatever came before it; each message is taken once. Payloads match when they have the members
/// that are asked for, perhaps among others; {} matches all.
///
/// All functions, those of the handles included, belong to the thread that made the server. Handles to channels
/// (server::ChannelHandle, ReplyRef, JoinAnswer, ...) may be used on any thread; what they bring about happens in the
/// next function that is called here.
class Server {
 public:
  /// Ports, loops, workers and TLS of the options are not used.
  explicit Server(server::EndpointOptions options = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// To mount sockets on, before the first client connects, and for broadcasts. It cannot be started.
  server::Endpoint& endpoint();

  /// A client that is let in. Throws Failure when it is not.
  Client connect(const ConnectRequest& request = {});
  /// A client that asks to be let in: for refusals, and for answers that come later.
  Connecting begin_connect(const ConnectRequest& request = {});

  /// Notes what is broadcast on a topic, for the two below.
  void subscribe(std::string_view topic);
  Payload expect_broadcast(std::string_view topic, std::string_view event, const Payload& payload = {});
  /// Throws Failure when there is such a broadcast.
  void refute_broadcast(std::string_view topic, std::string_view event);

  /// Asks an HTTP route. A streamed answer has what was sent of it. Throws Failure when there is no answer now.
  server::HttpResponse request(const HttpCall& call);
  /// A client that asks an HTTP route: for answers that come later, and for those in parts.
  Requesting begin_request(const HttpCall& call);

  /// Work of run_blocking() waits until run_blocking_work() is called.
  void hold_blocking_work();
  void run_blocking_work();

  /// Lets the server do what it has to do now.
  void run();
  /// Lets time pass, from one timer to the next.
  void advance(std::chrono::nanoseconds time);
  /// Begins to drain: clients are told to come back elsewhere, new ones are refused with 503, and answers in parts are
  /// asked to end.
  void drain();

  /// What the server has sent, for a person to read; failures contain it, too.
  std::string story() const;

 private:
  std::shared_ptr<ServerImpl> impl_;
};

}  // namespace suzaku::server_testing
