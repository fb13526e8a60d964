#pragma once

#include <csignal>
#include <cstdint>
#include <string>
#include <vector>

#include "program.hpp"
#include "support/client.hpp"

namespace suzaku::test {

/// `suzaku server --port 0` with more flags, listening.
class Server {
 public:
  explicit Server(std::vector<std::string> flags = {}, const ChildOptions& options = {})
      : child_(
            [&] {
              flags.insert(flags.begin(), {"server", "--port", "0"});
              return flags;
            }(),
            options),
        port_(child_.port()) {}

  Child& child() { return child_; }
  std::uint16_t port() const { return port_; }
  int stop(int signal = SIGTERM) {
    child_.signal(signal);
    return child_.exit_code();
  }
  /// The whole answer to a request; `more` are header lines.
  std::string ask(const std::string& method, const std::string& path, const std::string& more = {}) const {
    TcpClient client(port_);
    client.write(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + more + "\r\n");
    return client.read_to_end();
  }

 private:
  Child child_;
  std::uint16_t port_;
};

}  // namespace suzaku::test
