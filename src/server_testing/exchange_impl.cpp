#include "server_testing/exchange_impl.hpp"

#include <utility>

#include "base/thrown.hpp"
#include "server_testing/server_impl.hpp"

namespace suzaku::server_testing {

ExchangeImpl::~ExchangeImpl() {
  forget_answer();
}

void ExchangeImpl::forget_answer() noexcept {
  answerer_.reset();
  server_->loop().timers().cancel(deadline_);
}

/// What goes wrong is answered in the words of transport::HttpSession.
void ExchangeImpl::ask(const http::Request& request, const net::Address& peer) {
  handler_ = server_->gateway().handler_of(request, {.address = peer});
  if (request.body.size() > handler_->max_body()) return take(refusal(413, "body too large\n"));
  try {
    auto decision = handler_->serve(request, *this);
    if (auto* answer = std::get_if<transport::Answer>(&decision)) return take(std::move(*answer));
    answerer_ = std::get<std::unique_ptr<transport::LateAnswerer>>(std::move(decision));
  } catch (...) {
    server_->loop().limited_log().error("{} {} failed: {}", request.method, request.path(), what_is_thrown());
    return take(refusal(500, "internal server error\n"));
  }
  deadline_ = server_->loop().timers().after(server_->request_timeout(),
                                             [this] { resolve(refusal(503, "the answer took too long\n")); });
}

void ExchangeImpl::resolve(transport::Answer answer) {
  forget_answer();
  take(std::move(answer));
}

transport::Answer ExchangeImpl::refusal(int status, std::string why) const {
  http::Response response = http::Response::text(status, std::move(why));
  handler_->add_headers(response);
  return response;
}

}  // namespace suzaku::server_testing
