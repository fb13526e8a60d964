#pragma once

#include <chrono>
#include <string>

#include <suzaku/client/disconnect.hpp>

#include "client/core/url.hpp"
#include "client/transport/proxy.hpp"
#include "http/response_parser.hpp"

/// What an HTTP answer other than success means, and what to do about it.
namespace suzaku::client::transport {

/// The server's answer to the upgrade: Disconnect::Kind::refused, with its status and Retry-After.
Disconnect refusal(const http::ReceivedResponse& answer, const core::Url& url,
                   std::chrono::system_clock::time_point now);

/// The proxy's answer to CONNECT: Disconnect::Kind::proxy_failed.
Disconnect proxy_refusal(const http::ReceivedResponse& answer, const Proxy& proxy, const core::Url& url);

/// The words of a server: up to 200 bytes of a text body, otherwise its reason phrase. Without line breaks and other
/// characters that do not belong in a log.
std::string words_of(const http::ReceivedResponse& answer);

}  // namespace suzaku::client::transport
