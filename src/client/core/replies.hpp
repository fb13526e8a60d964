#pragma once

#include <string>
#include <string_view>

#include <suzaku/client/channel.hpp>
#include <suzaku/client/reply.hpp>
#include <suzaku/client/serializer.hpp>

namespace suzaku::client::core {

/// The result that a server's phx_reply is. A status of its own ("weird") counts as an error, and so does a
/// reply that cannot be read.
Reply reply_from(const Serializer::Incoming& message);
/// The "reason" in the server's reply; empty for Refusal::none.
std::string_view reason_of(Refusal refusal) noexcept;
/// The message as callbacks get it. Views `message`.
Message message_from(const Serializer::Incoming& message) noexcept;
/// A result that is not the server's.
Reply ended(Outcome outcome, std::string message, bool was_sent = false);

}  // namespace suzaku::client::core
