#include "client/core/join_state.hpp"

namespace suzaku::client::core {

client::Channel::State public_state(Phase phase) noexcept {
  using State = client::Channel::State;
  switch (phase) {
    case Phase::errored:
      return State::errored;
    case Phase::waiting:
    case Phase::asking:
    case Phase::joining:
      return State::joining;
    case Phase::joined:
      return State::joined;
    case Phase::leaving:
      return State::leaving;
    case Phase::closed:
      break;
  }
  return State::closed;
}

std::string_view to_string(Phase phase) noexcept {
  switch (phase) {
    case Phase::errored:
      return "errored";
    case Phase::waiting:
      return "waiting to join";
    case Phase::asking:
      return "waiting for params";
    case Phase::joining:
      return "joining";
    case Phase::joined:
      return "joined";
    case Phase::leaving:
      return "leaving";
    case Phase::closed:
      break;
  }
  return "closed";
}

}  // namespace suzaku::client::core
