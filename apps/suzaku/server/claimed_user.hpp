#pragma once

#include <string>
#include <utility>

#include <suzaku/server/user_socket.hpp>

namespace suzaku::program {

/// A client that is the user that a parameter of its connect names. Nothing checks it: for development. Without the
/// parameter, or with an empty one, the client is anonymous.
class ClaimedUser final : public server::UserSocket {
 public:
  explicit ClaimedUser(std::string param) : param_(std::move(param)) {}

  ConnectResult connect(const ConnectInfo& info) override {
    user_ = info.param(param_).value_or("");
    return accept();
  }
  std::string user() const override { return user_; }

 private:
  const std::string param_;
  std::string user_;
};

}  // namespace suzaku::program
