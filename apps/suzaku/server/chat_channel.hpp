#pragma once

#include <suzaku/server/channel.hpp>

namespace suzaku::program {

/// The rooms of the page at `/`: everybody may enter, and what one shouts all hear.
class ChatChannel final : public server::Channel {
 public:
  server::JoinResult join(std::string_view topic, const Payload& params) override;
  server::HandleResult handle_in(std::string_view event, const Payload& payload) override;
};

}  // namespace suzaku::program
