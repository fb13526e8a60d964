#pragma once

#include <memory>
#include <optional>
#include <string>

#include <suzaku/server_testing/client.hpp>

#include "server_testing/client_impl.hpp"

namespace suzaku::server_testing {

/// A request for a WebSocket, as the server sees it, and its answer.
class ConnectingImpl final : public transport::Exchange, public std::enable_shared_from_this<ConnectingImpl> {
 public:
  explicit ConnectingImpl(std::shared_ptr<ServerImpl> server) : server_(std::move(server)) {}
  ~ConnectingImpl();

  void start(const ConnectRequest& request);
  void cancel();
  std::shared_ptr<ClientImpl> expect_accepted();
  Connecting::Refusal expect_refused();
  void refute_answer();

 private:
  void resolve(transport::Answer answer) override;
  void take(transport::Answer answer);
  std::string outcome() const;

  const std::shared_ptr<ServerImpl> server_;
  std::unique_ptr<transport::LateAnswerer> answerer_;  // while the answer is to come
  net::Timers::Id deadline_ = net::Timers::kNone;
  protocol::Version version_ = protocol::Version::v2;
  std::shared_ptr<ClientImpl> client_;
  std::optional<Connecting::Refusal> refusal_;
};

}  // namespace suzaku::server_testing
