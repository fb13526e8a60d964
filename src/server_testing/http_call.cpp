#include "server_testing/http_call.hpp"

#include <utility>

#include "base/frame_sink.hpp"
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

HttpCallImpl::HttpCallImpl(std::shared_ptr<ServerImpl> server, const HttpCall& call)
    : ExchangeImpl(std::move(server)), name_(call.method + " " + call.path), is_head_(call.method == "HEAD") {}

HttpCallImpl::~HttpCallImpl() {
  server().loop().forget(*this);
}

void HttpCallImpl::start(const HttpCall& call) {
  http::Request request{
      .method = call.method, .target = call.path, .headers = {{"host", "localhost"}}, .body = call.body};
  request.headers.insert(request.headers.end(), call.headers.begin(), call.headers.end());
  ask(request, {});
  server().run();
}

void HttpCallImpl::take(transport::Answer answer) {
  state_ = State::ended;
  if (auto* response = std::get_if<http::Response>(&answer)) {
    answer_ = told(std::move(*response));
    if (is_head_) answer_->body.clear();
  } else if (auto* streamed = std::get_if<transport::StreamedResponse>(&answer)) {
    stream(std::move(*streamed));
  } else {
    answer_ = server::HttpResponse{.status = 101};
  }
}

void HttpCallImpl::stream(transport::StreamedResponse streamed) {
  streamed.head.body.clear();
  answer_ = told(std::move(streamed.head));
  if (is_head_ || answer_->status == 204 || answer_->status == 304) return;  // have no body
  state_ = State::streaming;
  source_ = std::move(streamed.source);
  source_->on_open(*this);
  if (server().sessions().is_draining()) drain();
}

bool HttpCallImpl::write(std::string_view part) {
  if (state_ != State::streaming) return false;
  if (part.empty()) return true;
  if (reads_) {
    receive(std::string(part));
    return true;
  }
  if (unread_bytes_ + part.size() > server().max_queued()) {
    abort();
    return false;
  }
  unread_bytes_ += part.size();
  unread_.emplace_back(part);
  return true;
}

void HttpCallImpl::receive(std::string part) {
  answer_->body += part;
  parts_.push_back(std::move(part));
}

void HttpCallImpl::abort() {
  unread_.clear();
  unread_bytes_ = 0;
  stop(State::aborted);
}

/// The source is destroyed later: it may be the caller.
void HttpCallImpl::stop(State how) {
  if (state_ != State::streaming) return;
  state_ = how;
  server().loop().at_turn_end(net::Loop::Phase::flush, *this);
}

void HttpCallImpl::read() {
  reads_ = true;
  for (std::string& part : std::exchange(unread_, {})) receive(std::move(part));
  if (std::exchange(unread_bytes_, 0) > kLowWater && state_ == State::streaming) source_->on_room();
  server().run();
}

void HttpCallImpl::close() {
  forget_answer();
  if (is_open()) abort();
  state_ = State::closed;
  server().run();
}

void HttpCallImpl::drain() {
  if (state_ == State::streaming) source_->on_drain();
}

server::HttpResponse HttpCallImpl::expect_answer() {
  server::HttpResponse answer = expect_head();
  if (state_ != State::ended || is_open()) fail("has no whole answer");
  return answer;
}

server::HttpResponse HttpCallImpl::expect_head() {
  server().run();
  if (!answer_) fail("was not answered");
  return *answer_;
}

std::string HttpCallImpl::expect_part() {
  server().run();
  if (parts_.empty()) fail("was not answered with one more part");
  std::string part = std::move(parts_.front());
  parts_.pop_front();
  return part;
}

void HttpCallImpl::expect_abort() {
  server().run();
  if (state_ != State::aborted) fail("has no answer that was cut off");
}

void HttpCallImpl::refute_answer() {
  server().run();
  if (answer_) fail("was answered, which was not to be");
}

void HttpCallImpl::refute_part() {
  server().run();
  if (!parts_.empty()) fail("was answered with one more part, which was not to come");
}

void HttpCallImpl::fail(std::string_view what) const {
  std::string text = name_ + " " + std::string(what) + ".";
  if (answer_)
    text += fmt::format(" Its answer is {} with {} bytes of a body: {}", answer_->status, answer_->body.size(),
                        answer_->body.substr(0, 500));
  server().fail(text);
}

}  // namespace suzaku::server_testing
