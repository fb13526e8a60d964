#include <suzaku/server_testing/client.hpp>

#include "server_testing/client_impl.hpp"
#include "server_testing/connecting_impl.hpp"
#include "server_testing/server_impl.hpp"

namespace suzaku::server_testing {

Join Client::join(std::string_view topic, const Payload& params) const {
  const std::string ref = impl_->next_ref();
  impl_->send({.join_ref = ref,
               .ref = ref,
               .topic = std::string(topic),
               .event = std::string(protocol::event::kJoin),
               .payload = params});
  return Join(Push(impl_, std::string(topic), ref));
}

Channel Client::subscribe_and_join(std::string_view topic, const Payload& params) const {
  impl_->server().listener(topic);
  return join(topic, params).expect_ok();
}

void Client::send_text(std::string_view message) const {
  impl_->send_raw(ws::Opcode::text, message);
}

void Client::send_binary(std::string_view message) const {
  impl_->send_raw(ws::Opcode::binary, message);
}

std::string Client::expect_frame() const {
  return impl_->expect([](const Message&) { return true; }, "a message").raw;
}

std::optional<std::string> Client::next_frame() const {
  auto message = impl_->next();
  return message ? std::optional(std::move(message->raw)) : std::nullopt;
}

void Client::expect_nothing() const {
  impl_->refute([](const Message&) { return true; }, "a message");
}

void Client::stop_reading() const {
  impl_->stop_reading();
}

void Client::read() const {
  impl_->read();
}

std::size_t Client::waiting_bytes() const {
  return impl_->waiting_bytes();
}

void Client::close() const {
  impl_->close();
}

std::uint16_t Client::expect_close() const {
  return impl_->expect_close();
}

bool Client::is_open() const noexcept {
  return impl_->is_open();
}

Client Connecting::expect_accepted() const {
  return Client(impl_->expect_accepted());
}

Connecting::Refusal Connecting::expect_refused() const {
  return impl_->expect_refused();
}

void Connecting::refute_answer() const {
  impl_->refute_answer();
}

void Connecting::cancel() const {
  impl_->cancel();
}

}  // namespace suzaku::server_testing
