#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <suzaku/client/options.hpp>

#include "cli/failure.hpp"
#include "config/secrets.hpp"

namespace CLI {
class App;
}

namespace suzaku::program {

/// The argument URL.
void add_url(CLI::App& command, std::string& url);
/// The end of a client command's --help.
std::string client_footer(const std::string& examples);

/// The options that all commands of the client share. Filled in by the command line.
class ClientOptions {
 public:
  /// Adds them to a command, in groups. `joins`: it joins channels.
  void add_to(CLI::App& command, bool joins);

  /// Checks them and reads the files they name. Failures do not show credentials. Credentials are added to
  /// `secrets`.
  OrFailure<client::SocketOptions> socket_options(const std::shared_ptr<config::Secrets>& secrets) const;
  OrFailure<Payload> join_params() const;

  std::optional<std::string> record;
  std::chrono::milliseconds timeout{10'000};
  /// The connection ends when a heartbeat is not answered within this time. 0: `timeout`.
  std::chrono::milliseconds longest_silence{0};
  int vsn = 2;
  bool retry = false;
  bool wire = false;
  bool quiet = false;
  bool no_color = false;

 private:
  void add_credentials(CLI::App& command, bool joins);
  void add_connection(CLI::App& command);
  void add_output(CLI::App& command);

  std::vector<std::string> params_;
  std::vector<std::string> join_params_;
  std::vector<std::string> headers_;
  std::optional<std::string> params_file_;
  std::optional<std::string> token_;
  std::optional<std::string> token_file_;
  std::optional<std::string> proxy_;
  client::TlsOptions tls_;
  bool insecure_ = false;
};

}  // namespace suzaku::program
