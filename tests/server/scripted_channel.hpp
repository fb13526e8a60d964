#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <suzaku/server.hpp>

namespace suzaku::test {

class ScriptedChannel;

/// What a channel of a test does. What is left out: join accepts, handle_in answers ok with what it got, the rest does
/// what Channel does.
struct Script {
  std::function<server::JoinResult(ScriptedChannel&, const Payload&)> join = {};
  std::function<server::HandleResult(ScriptedChannel&, std::string_view, const Payload&)> handle_in = {};
  std::vector<std::string> intercept = {};
  std::function<void(ScriptedChannel&, std::string_view, const Payload&)> handle_out = {};
  std::function<void(ScriptedChannel&, const std::any&)> handle_info = {};
  std::function<void(ScriptedChannel&)> handle_room = {};
  std::function<void(ScriptedChannel&, server::TerminateReason)> terminate = {};
};

/// A channel whose handlers a test writes as functions; everything that Channel keeps for its own kind is open to them.
class ScriptedChannel final : public server::Channel {
 public:
  explicit ScriptedChannel(const Script& script) : script_(script) {}

  using Channel::assigns;
  using Channel::broadcast;
  using Channel::broadcast_from;
  using Channel::error;
  using Channel::later;
  using Channel::no_reply;
  using Channel::ok;
  using Channel::push;
  using Channel::reply;
  using Channel::reply_error;
  using Channel::reply_ok;
  using Channel::reply_ref;
  using Channel::room;
  using Channel::run_blocking;
  using Channel::self;
  using Channel::send_after;
  using Channel::socket;
  using Channel::stop;
  using Channel::subscribe;
  using Channel::topic;
  using Channel::unsubscribe;

  server::JoinResult join(std::string_view, const Payload& params) override {
    return script_.join ? script_.join(*this, params) : ok();
  }
  server::HandleResult handle_in(std::string_view event, const Payload& payload) override {
    return script_.handle_in ? script_.handle_in(*this, event, payload) : reply_ok(payload);
  }
  std::vector<std::string> intercept() const override { return script_.intercept; }
  void handle_out(std::string_view event, const Payload& payload) override {
    script_.handle_out ? script_.handle_out(*this, event, payload) : Channel::handle_out(event, payload);
  }
  void handle_info(const std::any& message) override {
    if (script_.handle_info) script_.handle_info(*this, message);
  }
  void handle_room() override {
    if (script_.handle_room) script_.handle_room(*this);
  }
  void terminate(server::TerminateReason reason) override {
    if (script_.terminate) script_.terminate(*this, reason);
  }

 private:
  const Script& script_;
};

/// Makes channels that follow a script, which must outlive them.
inline server::ChannelFactory follow(const Script& script) {
  return [&script] { return std::make_unique<ScriptedChannel>(script); };
}

}  // namespace suzaku::test
