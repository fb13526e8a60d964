#pragma once

#include <chrono>
#include <string>

#include <suzaku/client/disconnect.hpp>

#include "client/core/url.hpp"
#include "client/transport/proxy.hpp"
#include "http/response_parser.hpp"

/// What an HTTP answer means that is not the one hoped for, and what to do about it.
namespace suzaku::client::transport {

/// The server's answer to the upgrade: Disconnect::Kind::refused, with its status and Retry-After.
Disconnect refusal(const http::ReceivedResponse& answer, const core::Url& url,
                   std::chrono::system_clock::time_point now);

/// The proxy's answer to CONNECT: Disconnect::Kind::proxy_failed.
Disconnect proxy_refusal(const http::ReceivedResponse& answer, const Proxy& proxy, const core::Url& url);

/// What a server says for itself: up to 200 characters of a text body, or else its reason phrase. Without line breaks
/// and whatever else has no place in a log.
std::string words_of(const http::ReceivedResponse& answer);

}  // namespace suzaku::client::transport
