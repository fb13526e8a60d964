#pragma once

#include <suzaku/server/channel.hpp>

namespace suzaku::program {

/// The rooms of the page at `/`. Everybody may join; a shout goes to all members.
class ChatChannel final : public server::Channel {
 public:
  server::JoinResult join(std::string_view topic, const Payload& params) override;
  server::HandleResult handle_in(std::string_view event, const Payload& payload) override;
};

}  // namespace suzaku::program
