#include "server/http_exchange.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <boost/json/serialize.hpp>

#include <suzaku/payload.hpp>

#include "base/ascii.hpp"
#include "base/thrown.hpp"

namespace suzaku::server {
namespace {

/// A request to a handler that answers later.
class PendingHttp final : public PendingRequest {
 public:
  PendingHttp(Shard& shard, std::uint64_t id, transport::Exchange& exchange, HttpHeaders headers)
      : PendingRequest(shard, id, exchange), headers_(std::move(headers)) {}

  void answer(HttpResponse response) {
    http::Response made;
    try {
      made = to_response(std::move(response), headers_);
    } catch (...) {  // such as a status that is none
      shard().log().error("an HttpAnswer cannot be sent: {}", what_is_thrown());
      made = to_response({.status = 500, .body = "internal server error\n"}, headers_);
    }
    resolve(std::move(made));
  }

 private:
  HttpHeaders headers_;
};

/// Throws std::invalid_argument for what would break the framing of the connection.
void require_sendable(const HttpResponse& answer) {
  if (answer.status < 200 || answer.status > 599)
    throw std::invalid_argument("an HTTP status is from 200 to 599, not " + std::to_string(answer.status));
  for (const auto& [name, value] : answer.headers)
    for (const std::string_view ours : {"connection", "content-length", "date", "transfer-encoding"})
      if (ascii::equal_ignoring_case(name, ours))
        throw std::invalid_argument("the header " + name + " is not the handler's");
}

}  // namespace

http::Response to_response(HttpResponse answer, const HttpHeaders& more) {
  require_sendable(answer);
  http::Response response{
      .status = answer.status, .headers = std::move(answer.headers), .body = std::move(answer.body)};
  const auto add_default = [&](std::string_view name, std::string_view value) {
    if (std::ranges::none_of(response.headers,
                             [&](const auto& header) { return ascii::equal_ignoring_case(header.first, name); }))
      response.headers.emplace_back(name, value);
  };
  if (!answer.content_type.empty()) add_default("content-type", answer.content_type);
  add_default("x-content-type-options", "nosniff");
  add_default("cache-control", "no-store");
  response.headers.insert(response.headers.end(), more.begin(), more.end());
  return response;
}

HttpAnswer HttpExchange::later() {
  if (later_ == 0) later_ = ++shard_.last_id;
  return {shard_.mailbox, later_};
}

HttpStream HttpExchange::stream(HttpResponse head, HttpStreamEvents events) {
  head_ = to_response(std::move(head), headers_);
  body_ = std::make_unique<StreamedBody>(shard_, std::move(events));
  return HttpStream(body_->impl());
}

transport::RequestHandler::Decision HttpExchange::decide(HttpResult answer) {
  if (auto* response = std::get_if<HttpResponse>(&answer))
    return transport::Answer(to_response(std::move(*response), headers_));
  if (std::holds_alternative<HttpAnswer>(answer)) {
    if (later_ == 0) throw std::logic_error("an HttpAnswer is returned that later() has not made");
    return std::make_unique<PendingHttp>(shard_, later_, exchange_, std::move(headers_));
  }
  if (!body_) throw std::logic_error("an HttpStream is returned that this request has not made");
  return transport::Answer(transport::StreamedResponse{std::move(head_), std::move(body_)});
}

HttpResponse HttpResponse::json(const Json& value, int status) {
  return {.status = status, .content_type = "application/json", .body = boost::json::serialize(value)};
}

Result<Json> HttpRequest::json() const {
  try {
    return Payload::from_text(body).json();
  } catch (const std::invalid_argument&) {
    return failure(ErrorCode::invalid, "the body is not valid JSON");
  }
}

HttpAnswer HttpRequest::later() const {
  if (!exchange.get()) throw std::logic_error("later() outside of the handler");
  return exchange.get()->later();
}

HttpStream HttpRequest::stream(HttpResponse head, HttpStreamEvents events) const {
  if (!exchange.get()) throw std::logic_error("stream() outside of the handler");
  return exchange.get()->stream(std::move(head), std::move(events));
}

void HttpAnswer::send(HttpResponse response) const {
  if (!mailbox_) return;
  mailbox_->post([id = request_, response = std::move(response)](Shard& shard) mutable {
    if (const auto found = shard.requests.find(id); found != shard.requests.end())
      static_cast<PendingHttp*>(found->second)->answer(std::move(response));
  });
}

}  // namespace suzaku::server
