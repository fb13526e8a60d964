#include "client/transport/long_poll_requests.hpp"

#include <utility>

#include "base/percent_encode.hpp"

namespace suzaku::client::transport {
namespace {

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

LongPollRequests::LongPollRequests(const core::Url& url, const Target& target)
    : target_(url.path_and_query), auth_token_(target.auth_token) {
  append_header(headers_, "Host", url.authority());
  append_header(headers_, "Accept", "application/json");
  for (const auto& [name, value] : target.headers) append_header(headers_, name, value);
}

SharedBytes LongPollRequests::poll(std::string_view token) const {
  std::string request = head("GET", token);
  if (!auth_token_.empty()) append_header(request, "X-Phoenix-AuthToken", auth_token_);
  return SharedBytes::copy(request.append("\r\n"));
}

SharedBytes LongPollRequests::post(std::string_view token, const LongPollOutbox::Batch& batch) const {
  std::string request = head("POST", token);
  append_header(request, "Content-Type", batch.content_type);
  append_header(request, "Content-Length", std::to_string(batch.body.size()));
  return SharedBytes::copy(request.append("\r\n").append(batch.body));
}

std::string LongPollRequests::head(std::string_view method, std::string_view token) const {
  std::string head(method);
  head.append(" ").append(target_);
  if (!token.empty()) {
    const bool has_query = target_.find('?') != target_.npos;
    head.append(has_query ? "&token=" : "?token=").append(percent_encode(token));
  }
  head.append(" HTTP/1.1\r\n").append(headers_);
  if (!token.empty()) append_header(head, "X-Phoenix-Longpoll-Token", token);
  return head;
}

}  // namespace suzaku::client::transport
