#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include <suzaku/client/testing/server.hpp>

#include "client/testing/story.hpp"
#include "client/testing/virtual_engine.hpp"

namespace suzaku::client::testing {

class Wire;

/// What a Server and its handles share.
class ServerImpl final : public std::enable_shared_from_this<ServerImpl> {
 public:
  explicit ServerImpl(ServerOptions options);
  /// Lets the engine make its connections with us.
  void start();

  const ServerOptions& options() const noexcept { return options_; }
  const std::shared_ptr<VirtualEngine>& engine() const noexcept { return engine_; }
  Story& story() noexcept { return story_; }

  /// Lets the client do what is to be done now.
  void run();
  void advance(Duration time);
  /// Does something to the client, and lets it answer.
  void act(const std::function<void()>& action);
  /// Runs until `found` says so; false when it does not, not even after ServerOptions::patience.
  bool wait_for(const std::function<bool()>& found);
  [[noreturn]] void fail(const std::string& what) const;

  /// The oldest attempt that waits, or nullptr.
  std::shared_ptr<Wire> waiting_attempt();
  std::shared_ptr<Wire> take_attempt();

 private:
  void require(bool has_come_to_rest);

  const ServerOptions options_;
  const std::shared_ptr<VirtualEngine> engine_;
  Story story_;
  std::deque<std::shared_ptr<Wire>> attempts_;
  std::size_t connections_ = 0;
};

}  // namespace suzaku::client::testing
