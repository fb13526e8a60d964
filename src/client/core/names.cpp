// The names of all enumerations that a user sees.
#include <suzaku/client/channel.hpp>
#include <suzaku/client/disconnect.hpp>
#include <suzaku/client/reply.hpp>
#include <suzaku/client/socket.hpp>

namespace suzaku::client {

std::string_view to_string(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::ok:
      return "ok";
    case Outcome::error:
      return "error";
    case Outcome::timeout:
      return "timeout";
    case Outcome::disconnected:
      return "disconnected";
    case Outcome::cancelled:
      return "cancelled";
    case Outcome::buffer_full:
      return "buffer_full";
    case Outcome::closed:
      break;
  }
  return "closed";
}

std::string_view to_string(Disconnect::Kind kind) noexcept {
  using Kind = Disconnect::Kind;
  switch (kind) {
    case Kind::requested:
      return "requested";
    case Kind::resolve_failed:
      return "resolve_failed";
    case Kind::connect_failed:
      return "connect_failed";
    case Kind::connect_timeout:
      return "connect_timeout";
    case Kind::tls_failed:
      return "tls_failed";
    case Kind::proxy_failed:
      return "proxy_failed";
    case Kind::refused:
      return "refused";
    case Kind::not_websocket:
      return "not_websocket";
    case Kind::closed:
      return "closed";
    case Kind::lost:
      return "lost";
    case Kind::heartbeat_timeout:
      return "heartbeat_timeout";
    case Kind::protocol_error:
      return "protocol_error";
    case Kind::credentials_failed:
      break;
  }
  return "credentials_failed";
}

std::string_view to_string(ChannelError::Kind kind) noexcept {
  using Kind = ChannelError::Kind;
  switch (kind) {
    case Kind::disconnected:
      return "disconnected";
    case Kind::crashed:
      return "crashed";
    case Kind::refused:
      return "refused";
    case Kind::timeout:
      return "timeout";
    case Kind::unmatched_topic:
      return "unmatched_topic";
    case Kind::params_failed:
      break;
  }
  return "params_failed";
}

std::string_view to_string(Channel::State state) noexcept {
  switch (state) {
    case Channel::State::closed:
      return "closed";
    case Channel::State::errored:
      return "errored";
    case Channel::State::joined:
      return "joined";
    case Channel::State::joining:
      return "joining";
    case Channel::State::leaving:
      break;
  }
  return "leaving";
}

std::string_view to_string(Socket::Status status) noexcept {
  switch (status) {
    case Socket::Status::disconnected:
      return "disconnected";
    case Socket::Status::connecting:
      return "connecting";
    case Socket::Status::connected:
      return "connected";
    case Socket::Status::reconnecting:
      return "reconnecting";
    case Socket::Status::disconnecting:
      break;
  }
  return "disconnecting";
}

}  // namespace suzaku::client
