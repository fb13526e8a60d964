#pragma once

#include <string>
#include <string_view>

#include "base/shared_bytes.hpp"
#include "client/core/transport.hpp"
#include "client/core/url.hpp"
#include "client/transport/long_poll_outbox.hpp"

namespace suzaku::client::transport {

/// The bytes of a long poll's requests. Header names and values must be good ones (ws::check_headers()), the tokens'
/// too.
///
/// The session's token is given twice: at the end of the query, as Phoenix before 1.8.10 needs it (the last of equal
/// names wins, so a user's own param "token" does not disturb), and in a header, where later ones look first.
class LongPollRequests {
 public:
  LongPollRequests(const core::Url& url, const Target& target);

  /// `token`: "" for the first poll, which opens a session.
  SharedBytes poll(std::string_view token) const;
  SharedBytes post(std::string_view token, const LongPollOutbox::Batch& batch) const;

 private:
  std::string head(std::string_view method, std::string_view token) const;

  std::string target_;   // path and query
  std::string headers_;  // of every request
  std::string auth_token_;
};

}  // namespace suzaku::client::transport
