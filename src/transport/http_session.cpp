#include "transport/http_session.hpp"

#include "base/thrown.hpp"
#include "ws/handshake.hpp"

namespace suzaku::transport {
namespace {

constexpr net::Duration kLinger = std::chrono::seconds(2);

}  // namespace

HttpSession::HttpSession(Sessions& sessions, std::unique_ptr<net::Connection> connection, HttpService& service,
                         ws::Inflater& inflater, const HttpOptions& options)
    : sessions_(sessions),
      connection_(std::move(connection)),
      service_(service),
      inflater_(inflater),
      options_(options),
      parser_(options.limits) {}

HttpSession::~HttpSession() {
  if (connection_) connection_->loop().timers().cancel(timer_);
}

void HttpSession::start() {
  set_timer(options_.request_timeout);
  connection_->start(*this);
}

/// The request under way is still answered; an idle connection ends.
void HttpSession::drain() {
  draining_ = true;
  if (parser_.idle() && !connection_->has_unread()) finish();
}

/// Sends the answers that wait, then closes.
void HttpSession::finish() {
  if (closing_) return;
  closing_ = true;
  connection_->close_after_flush(kLinger);
}

void HttpSession::on_data(std::span<char> bytes) {
  while (!bytes.empty() && !closing_) {
    if (connection_->is_backed_up()) return connection_->keep(bytes);
    if (between_requests_) {
      between_requests_ = false;
      set_timer(options_.request_timeout);
    }
    std::size_t used = 0;
    const auto state = parser_.feed({bytes.data(), bytes.size()}, used);
    bytes = bytes.subspan(used);
    if (state == http::RequestParser::State::need_more) return;
    if (state == http::RequestParser::State::failed)
      return answer(http::Response::text(parser_.error_status(), std::string(parser_.error_reason()) + "\n"), false,
                    false);
    if (!serve(parser_.take(), bytes)) return;
  }
}

bool HttpSession::serve(const http::Request& request, std::span<char> rest) {
  const bool head = request.method == "HEAD";
  std::variant<http::Response, Upgrade> result;
  try {
    result = service_.serve(request, {connection_->peer(), connection_->is_secure()});
  } catch (...) {
    connection_->loop().limited_log().error("{} {} of {} failed: {}", request.method, request.path(),
                                            connection_->peer().text(), what_is_thrown());
    answer(http::Response::text(500, "internal server error\n"), false, head);
    return false;
  }
  if (auto* agreed = std::get_if<Upgrade>(&result)) {
    if (sessions_.is_draining()) {
      answer(http::Response::text(503, "the server is going away\n"), false, head);
      return false;
    }
    upgrade(std::move(*agreed), request, rest);
    return false;
  }
  answer(std::get<http::Response>(result), request.keep_alive && !draining_, head);
  return !closing_;
}

void HttpSession::upgrade(Upgrade upgrade, const http::Request& request, std::span<char> rest) {
  http::Response& response = upgrade.response;
  response.status = 101;
  response.headers.emplace_back("upgrade", "websocket");
  response.headers.emplace_back("connection", "Upgrade");
  response.headers.emplace_back("sec-websocket-accept", ws::accept_key(*request.header("sec-websocket-key")));
  connection_->send(SharedBytes::copy(http::serialize(response, true)));
  connection_->set_high_water(options_.max_queued);

  connection_->loop().timers().cancel(timer_);
  closing_ = true;
  auto session = std::make_unique<WebSocketSession>(sessions_, std::move(connection_), std::move(upgrade.handler),
                                                    inflater_, upgrade.options);
  WebSocketSession& websocket = *session;
  sessions_.replace(*this, std::move(session));
  websocket.start(rest);
}

void HttpSession::answer(const http::Response& response, bool keep_alive, bool head_request) {
  connection_->send(SharedBytes::copy(http::serialize(response, keep_alive, head_request)));
  if (keep_alive) {
    between_requests_ = true;
    set_timer(options_.keep_alive_timeout);
  } else {
    finish();
  }
}

void HttpSession::on_closed() {
  sessions_.remove(*this);
}

void HttpSession::on_overflow() {
  connection_->abort();
}

/// A client that sends no more requests may still want the answers.
bool HttpSession::on_input_ended() {
  finish();
  return true;
}

void HttpSession::set_timer(net::Duration timeout) {
  net::Timers& timers = connection_->loop().timers();
  timers.cancel(timer_);
  timer_ = timers.after(timeout, [this] { on_timeout(); });
}

void HttpSession::on_timeout() {
  if (closing_) return;
  if (!parser_.idle()) return answer(http::Response::text(408, "the request took too long\n"), false, false);
  const std::size_t left = connection_->unacknowledged_bytes();
  if (left == 0 || left == unacknowledged_) return finish();
  unacknowledged_ = left;  // the client reads, slowly
  set_timer(options_.keep_alive_timeout);
}

}  // namespace suzaku::transport
