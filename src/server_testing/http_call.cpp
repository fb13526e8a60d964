#include "server_testing/http_call.hpp"

#include <utility>

#include "server_testing/server_impl.hpp"

namespace suzaku::server_testing {
namespace {

server::HttpResponse told(http::Response response) {
  server::HttpResponse answer{
      .status = response.status, .content_type = "", .body = std::move(response.body), .headers = {}};
  for (auto& [name, value] : response.headers) {
    if (name == "content-type") answer.content_type = value;
    answer.headers.emplace_back(name, std::move(value));
  }
  return answer;
}

}  // namespace

void HttpCallImpl::start(const http::Request& request) {
  const auto handler = server_.gateway().handler_of(request, {});
  if (request.body.size() > handler->max_body()) {
    http::Response response = http::Response::text(413, "body too large\n");  // as the parser of requests says
    handler->add_headers(response);
    return take(std::move(response));
  }
  auto decision = handler->serve(request, *this);
  if (auto* answer = std::get_if<transport::Answer>(&decision)) return take(std::move(*answer));
  answerer_ = std::get<std::unique_ptr<transport::LateAnswerer>>(std::move(decision));
}

void HttpCallImpl::resolve(transport::Answer answer) {
  if (!answerer_) return;
  answerer_.reset();
  take(std::move(answer));
}

void HttpCallImpl::take(transport::Answer answer) {
  if (auto* response = std::get_if<http::Response>(&answer)) {
    answer_ = told(std::move(*response));
  } else if (auto* streamed = std::get_if<transport::StreamedResponse>(&answer)) {
    answer_ = told(std::move(streamed->head));
    source_ = std::move(streamed->source);
    source_->on_open(*this);
  } else {
    answer_ = server::HttpResponse{.status = 101};
  }
}

bool HttpCallImpl::write(std::string_view part) {
  if (!source_) return false;
  answer_->body += part;
  return true;
}

void HttpCallImpl::end() {
  server_.loop().dispose(std::move(source_));
}

}  // namespace suzaku::server_testing
