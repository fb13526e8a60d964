#include "server_testing/client_impl.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <suzaku/server_testing/failure.hpp>

#include "net/loop.hpp"
#include "server_testing/server_impl.hpp"
#include "ws/opcode.hpp"

namespace suzaku::server_testing {

// --- the session ---

ClientSession::ClientSession(ServerImpl& server, std::weak_ptr<ClientImpl> client, std::unique_ptr<Handler> handler)
    : server_(server), client_(std::move(client)), handler_(std::move(handler)) {}

ClientSession::~ClientSession() {
  server_.loop().forget(*this);
  if (const auto client = client_.lock(); client && !has_ended_) client->closed(ws::close_code::kNoStatus);
}

void ClientSession::receive(ws::Opcode opcode, std::string_view message) {
  std::string bytes(message);
  bytes.append(net::Loop::kPadding, '\0');
  handler_->on_message(opcode, std::string_view(bytes).substr(0, message.size()));
}

bool ClientSession::send(const SharedBytes& frame, bool droppable) {
  if (has_ended_) return false;
  if (reads_) {
    if (const auto client = client_.lock()) client->receive(frame);
    return true;
  }
  if (overflowed_) return false;
  if (waiting_bytes_ + frame.size() > server_.max_queued()) {
    if (!droppable) {
      overflowed_ = true;  // it ends at the end of the turn: this may be a fan-out
      server_.loop().at_turn_end(net::Loop::Phase::flush, *this);
    }
    return false;
  }
  waiting_bytes_ += frame.size();
  waiting_.push_back(frame);
  return true;
}

std::vector<SharedBytes> ClientSession::take_waiting() {
  const bool was_full = std::exchange(waiting_bytes_, 0) > kLowWater;
  auto taken = std::exchange(waiting_, {});
  if (was_full && !has_ended_) handler_->on_room();
  return taken;
}

void ClientSession::drain() {
  end(Handler::End::drained, ws::close_code::kServiceRestart);
}

void ClientSession::end(Handler::End why, std::uint16_t code) {
  if (std::exchange(has_ended_, true)) return;
  handler_->on_close(why);
  if (const auto client = client_.lock()) client->closed(code);
  server_.loop().at_turn_end(net::Loop::Phase::flush, *this);
}

/// As over a network, a session goes later than it ends.
void ClientSession::on_turn_end() {
  if (!has_ended_) return end(Handler::End::overflowed, ws::close_code::kTryAgainLater);
  server_.sessions().remove(*this);
}

// --- the client ---

ClientImpl::ClientImpl(std::shared_ptr<ServerImpl> server, std::size_t number, protocol::Version version)
    : server_(std::move(server)), number_(number), version_(version) {}

void ClientImpl::send(const Message& message) {
  const auto opcode = message.payload.is_binary() ? ws::Opcode::binary : ws::Opcode::text;
  if (message.payload.is_binary() && version_ == protocol::Version::v1)
    throw std::logic_error("serializer V1 has no binary messages");
  send_raw(opcode, write_message(version_, message));
}

void ClientImpl::send_raw(ws::Opcode opcode, std::string_view bytes) {
  if (!session_) throw std::logic_error("the client sends on a connection that has ended");
  server_->note(number_, "client",
                opcode == ws::Opcode::binary ? std::to_string(bytes.size()) + " bytes" : std::string(bytes));
  session_->receive(opcode, bytes);
  server_->run();
}

void ClientImpl::receive(const SharedBytes& frame) {
  const auto [opcode, payload] = unframed(frame);
  Message message = read_message(version_, opcode == ws::Opcode::binary, payload);
  server_->note(number_, "server",
                opcode == ws::Opcode::binary
                    ? '"' + message.event + "\" on \"" + message.topic + '"' + with(message.payload)
                    : payload);
  messages_.push_back(std::move(message));
}

void ClientImpl::closed(std::uint16_t code) {
  session_ = nullptr;
  close_code_ = code;
  server_->note(number_, "server", "closes with " + std::to_string(code));
}

std::optional<Message> ClientImpl::find(const Matcher& matches) {
  const auto found = std::ranges::find_if(messages_, matches);
  if (found == messages_.end()) return std::nullopt;
  Message message = std::move(*found);
  messages_.erase(found);
  return message;
}

Message ClientImpl::expect(const Matcher& matches, const std::string& what) {
  server_->run();
  if (auto found = find(matches)) return *std::move(found);
  server_->fail("Client #" + std::to_string(number_) + " did not get " + what + ".");
}

std::optional<Message> ClientImpl::next() {
  server_->run();
  return find([](const Message&) { return true; });
}

void ClientImpl::refute(const Matcher& matches, const std::string& what) {
  server_->run();
  if (std::ranges::any_of(messages_, matches))
    server_->fail("Client #" + std::to_string(number_) + " got " + what + ", which was not to come.");
}

void ClientImpl::stop_reading() {
  if (session_) session_->read_from_now_on(false);
}

void ClientImpl::read() {
  if (!session_) return;
  session_->read_from_now_on(true);
  for (const SharedBytes& frame : session_->take_waiting()) receive(frame);
  server_->run();
}

void ClientImpl::close() {
  if (!session_) return;
  server_->note(number_, "client", "closes");
  session_->end(ClientSession::Handler::End::closed, ws::close_code::kNormal);
  server_->run();
}

std::uint16_t ClientImpl::expect_close() {
  server_->run();
  if (session_ || !close_code_)
    server_->fail("The connection of client #" + std::to_string(number_) + " was not closed.");
  return *close_code_;
}

}  // namespace suzaku::server_testing
