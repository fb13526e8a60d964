#include "client/transport/refusal.hpp"

#include <string_view>

#include "base/printable.hpp"
#include "http/response.hpp"
#include "http/retry_after.hpp"
#include "protocol/try_again.hpp"

namespace suzaku::client::transport {
namespace {

constexpr std::size_t kMostWords = 200;  // bytes

bool is_text(const http::ReceivedResponse& answer) {
  const std::string* encoding = answer.header("content-encoding");
  if (encoding && *encoding != "identity") return false;
  const std::string* type = answer.header("content-type");
  return !type || type->starts_with("text/plain") || type->starts_with("application/json");
}

/// In one line, with one space where there was more; what is too long is cut.
std::string clean(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool is_space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!is_space) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  if (line.ends_with(' ')) line.pop_back();
  return printable(line, kMostWords);
}

std::string_view path_of(const core::Url& url) noexcept {
  return std::string_view(url.path_and_query).substr(0, url.path_and_query.find('?'));
}

std::string redirect_advice(const http::ReceivedResponse& answer) {
  const std::string* location = answer.header("location");
  const std::string to = location ? clean(std::string_view(*location).substr(0, location->find('?'))) : "another URL";
  return "redirects are not followed: connect to " + to;
}

std::string advice(const http::ReceivedResponse& answer, const core::Url& url) {
  switch (answer.status) {
    case 400:
      return "it did not understand the request: check the URL";
    case 404:
      if (path_of(url).ends_with("/longpoll"))
        return "there is no long poll at " + clean(path_of(url)) +
               "; Phoenix has one where a socket says longpoll: true";
      return "no socket is mounted at " + clean(path_of(url)) +
             "; the URL must have the path of the endpoint's socket, such as /socket for `socket \"/socket\"`";
    case 426:
      return "it wants another protocol than WebSocket version 13";
    default:
      break;
  }
  if (answer.status / 100 == 2) return "it is a web server that knows no WebSocket at this path: check the URL";
  if (answer.status / 100 == 3) return redirect_advice(answer);
  if (answer.status / 100 == 5) return "the server, or a proxy before it, has trouble of its own: try later";
  if (protocol::may_try_again_after_http(answer.status)) return "it wants to be asked later";
  if (protocol::needs_other_credentials(answer.status))
    return "the server refused the params or the token, or it does not allow the Origin";
  return "check the URL";
}

}  // namespace

std::string words_of(const http::ReceivedResponse& answer) {
  std::string words = is_text(answer) ? clean(answer.body) : "";
  if (words.empty()) words = clean(answer.reason);
  if (words.empty()) words = http::reason_phrase(answer.status);
  return words;
}

Disconnect refusal(const http::ReceivedResponse& answer, const core::Url& url,
                   std::chrono::system_clock::time_point now) {
  using std::chrono::milliseconds;
  Disconnect reason{.kind = Disconnect::Kind::refused, .http_status = answer.status};
  reason.message = url.host_and_port() + " answered with HTTP " + std::to_string(answer.status) + " (" +
                   words_of(answer) + "): " + advice(answer, url);
  if (const std::string* value = answer.header("retry-after")) {
    const auto now_ms = std::chrono::duration_cast<milliseconds>(now.time_since_epoch()).count();
    if (const auto pause = http::retry_after_ms(*value, now_ms)) reason.retry_after = milliseconds(*pause);
  }
  return reason;
}

Disconnect proxy_refusal(const http::ReceivedResponse& answer, const Proxy& proxy, const core::Url& url) {
  std::string message = "the proxy " + proxy.name() + " did not connect to " + url.host_and_port() +
                        ": it answered with HTTP " + std::to_string(answer.status) + " (" + words_of(answer) + ")";
  if (answer.status == 407) {
    message += proxy.authorization.empty() ? "; give it a user and a password: http://user:password@" + proxy.name()
                                           : "; it does not accept the user or the password that it was given";
  } else if (answer.status == 403 || answer.status == 405) {
    message += "; it does not allow this host or port";
  } else if (answer.status / 100 == 5) {
    message += "; it could not reach the host";
  }
  return {.kind = Disconnect::Kind::proxy_failed, .message = std::move(message)};
}

}  // namespace suzaku::client::transport
