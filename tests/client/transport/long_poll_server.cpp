#include "long_poll_server.hpp"

#include <sstream>
#include <stdexcept>

#include "served_websocket.hpp"

namespace suzaku::test {
namespace {

LongPollRequest read_from(ServedConnection& connection) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  const std::string bytes = connection.read_until(kEnd);
  const std::size_t end = bytes.find(kEnd);
  if (end == bytes.npos) throw std::runtime_error("the client has gone");
  LongPollRequest request;
  request.head = bytes.substr(0, end + kEnd.size());
  request.body = bytes.substr(end + kEnd.size());
  const std::size_t length = std::stoul(request.header("Content-Length").value_or("0"));
  while (request.body.size() < length) {
    const std::string more = connection.read_some();
    if (more.empty()) throw std::runtime_error("the client has gone");
    request.body += more;
  }
  return request;
}

}  // namespace

std::optional<std::string> LongPollRequest::header(const std::string& name) const {
  return header_of(head, name);
}

std::vector<std::string> LongPollRequest::lines() const {
  std::vector<std::string> lines;
  std::istringstream text(body);
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

void LongPollRequest::messages(const std::vector<std::string>& quoted) {
  std::string list;
  for (const std::string& message : quoted) list += (list.empty() ? "" : ",") + message;
  answer(R"({"messages":[)" + list + R"(],"status":200,"token":"TOKEN"})");
}

std::string LongPollRequest::http(int status, const std::string& body, const std::string& headers) {
  return "HTTP/1.1 " + std::to_string(status) + " Because\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

LongPollServer::LongPollServer(std::shared_ptr<SSL_CTX> tls)
    : asked_(std::make_shared<Asked>()),
      server_(
          [asked = std::weak_ptr(asked_), tls = std::move(tls)](ServedConnection& connection) {
            if (!tls || connection.accept_tls(tls.get())) serve(connection, asked);
          },
          "127.0.0.1", ScriptedServer::Clients::at_once) {}

void LongPollServer::serve(ServedConnection& connection, const std::weak_ptr<Asked>& weak) {
  int number = 0;
  while (true) {
    LongPollRequest request = read_from(connection);
    std::future<LongPollRequest::Reply> future = request.reply_->get_future();
    {
      const std::shared_ptr<Asked> asked = weak.lock();
      if (!asked) return;
      if (number == 0) number = ++asked->connections;
      request.connection = number;
      (request.head.starts_with("GET ") ? asked->polls : asked->posts).add(std::move(request));
    }
    const LongPollRequest::Reply reply = future.get();
    if (!reply.bytes.empty()) connection.write(reply.bytes);
    if (reply.then == LongPollRequest::Then::reset) connection.reset();
    if (reply.then != LongPollRequest::Then::keep) return;
  }
}

}  // namespace suzaku::test
