#pragma once

#include <any>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <suzaku/server.hpp>
#include <suzaku/server_testing.hpp>

namespace suzaku::server_testing {

using namespace std::chrono_literals;

/// What a channel of a test does when it is not to do the usual.
struct Script {
  using Later = std::function<server::JoinAnswer()>;
  using Work = std::function<void(std::function<void()>)>;
  std::function<server::JoinResult(const Later& later, const Work& run_blocking)> join = {};
  std::vector<std::string> notes = {};
};

/// Answers "echo" with what it got, "shout" goes to all, "crash" throws; "work" is answered by a blocking job, "remind"
/// pushes "reminder" after a minute, "fill" pushes as long as there is room.
class TestChannel final : public server::Channel {
 public:
  explicit TestChannel(Script& script) : script_(script) {}

  JoinResult join(std::string_view, const Payload&) override {
    if (!script_.join) return ok({{"topic", topic()}});
    return script_.join([this] { return later(); }, [this](auto work) { run_blocking(std::move(work)); });
  }
  HandleResult handle_in(std::string_view event, const Payload& payload) override {
    if (event == "echo") return reply_ok(payload);
    if (event == "shout") broadcast("shout", payload);
    if (event == "crash") throw std::runtime_error("on purpose");
    if (event == "work") run_blocking([ref = reply_ref()] { ref.reply_ok({{"done", true}}); });
    if (event == "remind") send_after(60s, std::string("reminder"));
    if (event == "fill") fill();
    return no_reply();
  }
  void handle_info(const std::any& message) override { push(std::any_cast<std::string>(message)); }
  void handle_room() override {
    script_.notes.emplace_back("room");
    fill();
  }
  void terminate(TerminateReason reason) override {
    script_.notes.push_back(reason == TerminateReason::draining ? "draining" : "ended");
  }

 private:
  void fill() {
    while (room() > 0 && pushed_ < 30) {
      push("part", Payload::binary(std::string(10'000, 'x')));
      ++pushed_;
    }
  }

  Script& script_;
  int pushed_ = 0;
};

class KitTest : public testing::Test {
 protected:
  KitTest() {
    server.endpoint().socket("/socket").channel("room:*", [this] { return std::make_unique<TestChannel>(script); });
  }
  /// The text of the failure that `work` throws; "" when it throws none.
  static std::string failure_of(const std::function<void()>& work) {
    try {
      work();
    } catch (const Failure& failure) {
      return failure.what();
    }
    return {};
  }

  Script script;
  Server server;
};

}  // namespace suzaku::server_testing
