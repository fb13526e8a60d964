#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server_testing/message.hpp"
#include "transport/http_service.hpp"
#include "transport/session.hpp"

namespace suzaku::server_testing {

class ClientImpl;
class ServerImpl;

/// The server's end of a connection that has no network.
class ClientSession final : public transport::Session, public FrameSink, private net::Loop::Hook {
 public:
  using Handler = transport::WebSocketSession::Handler;

  ClientSession(ServerImpl& server, std::weak_ptr<ClientImpl> client, std::unique_ptr<Handler> handler);
  ~ClientSession() override;

  void open() { handler_->on_open(*this); }
  void receive(ws::Opcode opcode, std::string_view message);
  /// The client takes what waits for it.
  std::vector<SharedBytes> take_waiting();
  void read_from_now_on(bool reads) noexcept { reads_ = reads; }
  void end(Handler::End why, std::uint16_t code);

  bool send(const SharedBytes& frame, bool droppable) override;
  void close(std::uint16_t code) override { end(Handler::End::closed, code); }
  std::size_t queued_bytes() const override { return waiting_bytes_; }
  void drain() override;

 private:
  void on_turn_end() override;

  ServerImpl& server_;  // owns us, through its sessions
  const std::weak_ptr<ClientImpl> client_;
  std::unique_ptr<Handler> handler_;
  std::vector<SharedBytes> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool reads_ = true;
  bool overflowed_ = false;
  bool has_ended_ = false;
};

/// What the handles of a client share.
class ClientImpl : public std::enable_shared_from_this<ClientImpl> {
 public:
  ClientImpl(std::shared_ptr<ServerImpl> server, std::size_t number, protocol::Version version);

  using Matcher = std::function<bool(const Message&)>;

  ServerImpl& server() const noexcept { return *server_; }
  std::string next_ref() { return std::to_string(++last_ref_); }
  void send(const Message& message);
  void send_raw(ws::Opcode opcode, std::string_view bytes);
  /// Takes the first message that matches. Throws Failure when there is none; `what` names it.
  Message expect(const Matcher& matches, const std::string& what);
  std::optional<Message> next();
  void refute(const Matcher& matches, const std::string& what);

  void stop_reading();
  void read();
  std::size_t waiting_bytes() const noexcept { return session_ ? session_->queued_bytes() : 0; }
  void close();
  std::uint16_t expect_close();
  bool is_open() const noexcept { return session_ != nullptr; }

  // --- for the session ---
  void attach(ClientSession& session) noexcept { session_ = &session; }
  void receive(const SharedBytes& frame);
  void closed(std::uint16_t code);

 private:
  std::optional<Message> find(const Matcher& matches);

  const std::shared_ptr<ServerImpl> server_;
  const std::size_t number_;  // from 1
  const protocol::Version version_;
  ClientSession* session_ = nullptr;
  std::deque<Message> messages_;  // not taken yet
  std::optional<std::uint16_t> close_code_;
  std::uint64_t last_ref_ = 0;
};

}  // namespace suzaku::server_testing
