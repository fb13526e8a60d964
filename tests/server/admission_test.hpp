#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "server_test.hpp"

namespace suzaku::test {

using server::CheckOrigin;
using server::ConnectInfo;

class FunctionSocket : public server::UserSocket {
 public:
  using Connect = std::function<server::ConnectResult(const ConnectInfo&)>;
  explicit FunctionSocket(Connect connect) : connect_(std::move(connect)) {}
  server::ConnectResult connect(const ConnectInfo& info) override { return connect_(info); }

 private:
  Connect connect_;
};

class AdmissionTest : public ServerTest {
 protected:
  void on_connect(FunctionSocket::Connect connect) {
    socket_factory = [connect = std::move(connect)] { return std::make_unique<FunctionSocket>(connect); };
  }
  /// Every connect() notes what it was told, and lets in.
  void note_info() {
    on_connect([this](const ConnectInfo& told) {
      info = told;
      return server::ConnectResult{};
    });
  }
  int status_from(const std::string& origin, const std::string& host = "localhost") {
    return connect(kTarget, {{"Origin", origin}, {"Host", host}}).status();
  }
  WebSocketClient offering(const std::string& protocols) {
    return connect(kTarget, {{"Sec-WebSocket-Protocol", protocols}});
  }

  ConnectInfo info;
};

}  // namespace suzaku::test
