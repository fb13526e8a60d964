#include "client/core/join_state.hpp"

namespace suzaku::client::core {

client::Channel::State public_state(JoinState state) noexcept {
  using State = client::Channel::State;
  switch (state) {
    case JoinState::errored:
      return State::errored;
    case JoinState::waiting:
    case JoinState::requesting_params:
    case JoinState::joining:
      return State::joining;
    case JoinState::joined:
      return State::joined;
    case JoinState::leaving:
      return State::leaving;
    case JoinState::closed:
      break;
  }
  return State::closed;
}

std::string_view to_string(JoinState state) noexcept {
  switch (state) {
    case JoinState::errored:
      return "errored";
    case JoinState::waiting:
      return "waiting to join";
    case JoinState::requesting_params:
      return "waiting for params";
    case JoinState::joining:
      return "joining";
    case JoinState::joined:
      return "joined";
    case JoinState::leaving:
      return "leaving";
    case JoinState::closed:
      break;
  }
  return "closed";
}

}  // namespace suzaku::client::core
