#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <suzaku/client/socket.hpp>

#include "cli/run.hpp"
#include "client_options.hpp"
#include "recording.hpp"

namespace suzaku::program {

/// The connection of one run, and its channels. Without --retry the first failure ends the run. With it the connection
/// is made again and channels are joined again, unless the server has refused them.
class Session {
 public:
  /// Nothing happens yet. Fails for options that cannot be.
  static OrFailure<std::unique_ptr<Session>> open(Run& run, const ClientOptions& options, const std::string& url);

  client::Socket& socket() noexcept { return *socket_; }

  /// Joins, once there is a connection; `joined` is called each time that is done.
  client::Channel join(const std::string& topic, client::JoinParams params,
                       std::function<void(const client::Joined&)> joined = {});
  void leave(const std::string& topic);

  /// Connects, and goes on until the run ends; closes the connection, and returns the exit code.
  int go();

 private:
  Session(Run& run, bool retry) : run_(run), retry_(retry) {}

  void watch();
  void watch(client::Channel& channel, std::function<void(const client::Joined&)> joined);
  void on_channel_error(const std::string& topic, bool was_joined, const client::ChannelError& error);
  void close(std::function<void()> done);

  Run& run_;
  const bool retry_;
  std::shared_ptr<Recorder> recorder_;
  std::map<std::string, client::Channel> channels_;
  std::optional<client::Socket> socket_;
};

}  // namespace suzaku::program
