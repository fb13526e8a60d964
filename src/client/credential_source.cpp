#include "client/credential_source.hpp"

#include <utility>

#include "base/thrown.hpp"

namespace suzaku::client {
namespace {

template <class Value>
Result<Value> ask(const Source<Value, ConnectAttempt>& source, const ConnectAttempt& attempt) {
  return source.function() ? (*source.function())(attempt) : Result<Value>(source.value());
}

}  // namespace

CredentialSource::CredentialSource(const SocketOptions& options)
    : params_(options.params), token_(options.auth_token), headers_(options.headers), proxy_(options.proxy) {}

void CredentialSource::request(Engine& engine, const ConnectAttempt& attempt, OnAnswer on_answer) {
  {
    const std::lock_guard lock(mutex_);
    waiting_ = Request{attempt, std::move(on_answer)};
    if (std::exchange(is_at_work_, true)) return;
  }
  engine.run_blocking([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->answer_all();
  });
}

void CredentialSource::withdraw() {
  const std::lock_guard lock(mutex_);
  waiting_.reset();
}

void CredentialSource::answer_all() {
  while (const auto request = next()) request->on_answer(credentials(request->attempt));
}

std::optional<CredentialSource::Request> CredentialSource::next() {
  const std::lock_guard lock(mutex_);
  auto request = std::exchange(waiting_, std::nullopt);
  is_at_work_ = request.has_value();
  return request;
}

Result<core::Credentials> CredentialSource::credentials(const ConnectAttempt& attempt) const {
  try {
    auto params = client::ask(params_, attempt);
    if (!params) return tl::unexpected(params.error());
    auto token = client::ask(token_, attempt);
    if (!token) return tl::unexpected(token.error());
    auto headers = client::ask(headers_, attempt);
    if (!headers) return tl::unexpected(headers.error());
    auto proxy = client::ask(proxy_, attempt);
    if (!proxy) return tl::unexpected(proxy.error());
    return core::Credentials{.params = *std::move(params),
                             .token = *std::move(token),
                             .headers = *std::move(headers),
                             .proxy = *std::move(proxy)};
  } catch (...) {
    return failure("the function that gives the params or the token has thrown: " + what_is_thrown());
  }
}

}  // namespace suzaku::client
