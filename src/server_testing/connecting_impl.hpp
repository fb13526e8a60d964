#pragma once

#include <memory>
#include <optional>
#include <string>

#include <suzaku/server_testing/client.hpp>

#include "server_testing/client_impl.hpp"
#include "server_testing/exchange_impl.hpp"

namespace suzaku::server_testing {

/// A request for a WebSocket, as the server sees it, and its answer.
class ConnectingImpl final : public ExchangeImpl {
 public:
  using ExchangeImpl::ExchangeImpl;

  void start(const ConnectRequest& request);
  void cancel();
  std::shared_ptr<ClientImpl> expect_accepted();
  Connecting::Refusal expect_refused();
  void refute_answer();

 private:
  void take(transport::Answer answer) override;
  std::string outcome() const;

  protocol::Version version_ = protocol::Version::v2;
  std::shared_ptr<ClientImpl> client_;
  std::optional<Connecting::Refusal> refusal_;
};

}  // namespace suzaku::server_testing
