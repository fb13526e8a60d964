#pragma once

#include <memory>

#include "net/address.hpp"
#include "net/timers.hpp"
#include "transport/http_service.hpp"

namespace suzaku::server_testing {

class ServerImpl;

/// A request as the server sees it, until it is answered.
class ExchangeImpl : public transport::Exchange {
 public:
  explicit ExchangeImpl(std::shared_ptr<ServerImpl> server) : server_(std::move(server)) {}
  virtual ~ExchangeImpl();

 protected:
  void ask(const http::Request& request, const net::Address& peer);
  /// The answer has come. Called once at most.
  virtual void take(transport::Answer answer) = 0;
  /// The client waits for no answer any more.
  void forget_answer() noexcept;
  ServerImpl& server() const noexcept { return *server_; }

 private:
  void resolve(transport::Answer answer) override;
  transport::Answer refusal(int status, std::string why) const;

  const std::shared_ptr<ServerImpl> server_;
  std::unique_ptr<transport::RequestHandler> handler_;
  std::unique_ptr<transport::LateAnswerer> answerer_;  // while the answer is to come
  net::Timers::Id deadline_ = net::Timers::kNone;
};

}  // namespace suzaku::server_testing
