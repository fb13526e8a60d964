#include "support/http_receiver.hpp"

#include <string_view>
#include <utility>

#include "http/request_parser.hpp"
#include "http/response.hpp"

namespace suzaku::test {
namespace {

/// For longer than any test waits.
void await_end(ServedConnection& connection) {
  for (int i = 0; i < 3; ++i) connection.read_to_end();
}

}  // namespace

HttpReceiver::HttpReceiver(Answer answer, ssl_ctx_st* tls)
    : answer_(std::move(answer)),
      tls_(tls),
      server_([this](ServedConnection& connection) { serve(connection); }, "127.0.0.1",
              ScriptedServer::Clients::at_once) {}

std::string HttpReceiver::status(int status, const std::string& header) {
  return "HTTP/1.1 " + std::to_string(status) + " " + std::string(http::reason_phrase(status)) +
         "\r\ncontent-length: 0\r\n" + (header.empty() ? "" : header + "\r\n") + "\r\n";
}

std::string HttpReceiver::url() const {
  return (tls_ ? "https://localhost:" : "http://127.0.0.1:") + std::to_string(server_.port()) + "/signals";
}

void HttpReceiver::serve(ServedConnection& connection) {
  if (tls_ && !connection.accept_tls(tls_)) return;
  ++connections_;
  http::RequestParser parser({});
  while (true) {
    std::string bytes = connection.read_some();
    if (bytes.empty()) return;
    while (!bytes.empty()) {
      std::size_t used = 0;
      const auto state = parser.feed(bytes, used);
      bytes.erase(0, used);
      if (state == http::RequestParser::State::failed) return;
      if (state == http::RequestParser::State::need_more) continue;
      http::Request request = parser.take();
      const std::string answer = answer_(request);
      requests_.add(std::move(request));
      if (answer == kHangUp) return;
      if (answer == kNoAnswer) return await_end(connection);
      connection.write(answer);
    }
  }
}

}  // namespace suzaku::test
