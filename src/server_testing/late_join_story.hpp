#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <suzaku/server.hpp>
#include <suzaku/server_testing.hpp>

namespace suzaku::server_testing {

/// For tests and fuzzers: a client, a server whose joins are answered later, and a model of the rules. Bytes say what
/// happens: a join, a leave, a push, an answer of any age, a deadline that passes, work that throws, or the end of the
/// connection. In the model a topic is idle, pending or joined, and messages wait while it is pending.
class LateJoinStory {
 public:
  explicit LateJoinStory(std::span<const std::uint8_t> steps) : steps_(steps) {
    server_.endpoint().socket("/socket").channel("room:*", [this] { return std::make_unique<LateChannel>(*this); });
    client_ = server_.connect();
  }

  /// What was wrong; "" when all went by the rules.
  std::string run() {
    while (!steps_.empty()) {
      step();
      server_.run();
      if (auto wrong = compare(); !wrong.empty()) return wrong;
    }
    client_->close();
    for (auto& answers : answers_)
      for (const auto& answer : answers.second) answer.ok();
    server_.run();
    return server_.endpoint().stats().channels == 0 ? "" : "channels are left when the client has gone";
  }

 private:
  /// Keeps every answer; echoes pushes.
  class LateChannel final : public server::Channel {
   public:
    explicit LateChannel(LateJoinStory& story) : story_(story) {}
    JoinResult join(std::string_view topic, const Payload&) override {
      auto& answers = story_.answers_[std::string(topic)];
      answers.push_back(later());
      if (story_.throws_) run_blocking([] { throw std::runtime_error("on purpose"); });
      return answers.back();
    }
    HandleResult handle_in(std::string_view, const Payload& payload) override { return reply_ok(payload); }

   private:
    LateJoinStory& story_;
  };

  struct Topic {
    enum class State : std::uint8_t { idle, pending, joined } state = State::idle;
    std::string join_ref = {};              // of the last join
    std::vector<std::string> waiting = {};  // refs of pushes
  };
  using Replies = std::vector<std::pair<std::string, std::string>>;  // ref and status

  std::uint8_t byte() {
    if (steps_.empty()) return 0;
    const std::uint8_t first = steps_.front();
    steps_ = steps_.subspan(1);
    return first;
  }

  void step() {
    const std::string name = byte() % 2 == 0 ? "room:1" : "room:2";
    Topic& topic = topics_[name];
    switch (byte() % 16) {
      case 0:
      case 1:
      case 2:
        return join(name, topic);
      case 3:
        return leave(name, topic);
      case 4:
        return pass_deadline();
      case 5:
        return reconnect();
      case 6:
        throws_ = true;
        join(name, topic);
        throws_ = false;
        return refuse(topic);
      case 7:
      case 8:
      case 9:
        return answer(name, topic);
      default:
        return push(name, topic);
    }
  }

  std::string send(const std::string& topic, const std::string& event, const std::string& join_ref) {
    std::string ref = std::to_string(++last_ref_);
    client_->send_text("[\"" + (join_ref.empty() ? ref : join_ref) + "\",\"" + ref + "\",\"" + topic + "\",\"" + event +
                       "\",{}]");
    return ref;
  }

  /// The pending join ends, and what waits for it is on a topic that is not joined.
  void refuse(Topic& topic) {
    expected_.emplace_back(topic.join_ref, "error");
    for (const std::string& ref : topic.waiting) expected_.emplace_back(ref, "error");
    topic.waiting.clear();
    topic.state = Topic::State::idle;
  }
  void join(const std::string& name, Topic& topic) {
    if (topic.state == Topic::State::pending) refuse(topic);
    topic.join_ref = send(name, "phx_join", "");
    topic.state = Topic::State::pending;
  }
  void leave(const std::string& name, Topic& topic) {
    if (topic.join_ref.empty()) return;
    if (topic.state == Topic::State::pending) refuse(topic);
    topic.state = Topic::State::idle;
    expected_.emplace_back(send(name, "phx_leave", topic.join_ref), "ok");
  }
  void push(const std::string& name, Topic& topic) {
    const bool cancels = topic.state == Topic::State::pending && topic.waiting.size() == 100;
    if (cancels) refuse(topic);
    const std::string ref = send(name, "echo", topic.join_ref.empty() ? "0" : topic.join_ref);
    if (topic.state == Topic::State::pending) {
      topic.waiting.push_back(ref);
    } else {
      expected_.emplace_back(ref, topic.state == Topic::State::joined ? "ok" : "error");
    }
  }
  void answer(const std::string& name, Topic& topic) {
    const auto& answers = answers_[name];
    if (answers.empty()) return;
    const std::uint8_t how = byte();
    const std::size_t which = how % 4 == 0 ? byte() % answers.size() : answers.size() - 1;
    const bool ok = how % 2 == 0;
    ok ? answers[which].ok() : answers[which].error();
    if (which + 1 != answers.size() || topic.state != Topic::State::pending) return;
    if (!ok) return refuse(topic);
    topic.state = Topic::State::joined;
    expected_.emplace_back(topic.join_ref, "ok");
    for (const std::string& ref : topic.waiting) expected_.emplace_back(ref, "ok");
    topic.waiting.clear();
  }
  void pass_deadline() {
    server_.advance(std::chrono::seconds(8));
    std::vector<Topic*> pending;
    for (auto& [_, topic] : topics_)
      if (topic.state == Topic::State::pending) pending.push_back(&topic);
    std::ranges::sort(pending, {}, [](const Topic* topic) { return std::stoi(topic->join_ref); });
    for (Topic* topic : pending) refuse(*topic);  // the older join first
  }
  void reconnect() {
    client_->close();
    client_ = server_.connect();
    topics_.clear();
  }

  /// The replies that have come since the last call are those of the model.
  std::string compare() {
    Replies replies;
    while (const auto frame = client_->next_frame()) {
      const Json message = boost::json::parse(*frame);
      if (message.at(3) != "phx_reply") continue;  // phx_close
      replies.emplace_back(message.at(1).as_string().c_str(), message.at(4).at("status").as_string().c_str());
    }
    const auto alive = static_cast<std::size_t>(
        std::ranges::count_if(topics_, [](const auto& topic) { return topic.second.state != Topic::State::idle; }));
    if (replies != expected_)
      return "expected " + shown(expected_) + "; got " + shown(replies) + "\n" + server_.story();
    if (server_.endpoint().stats().channels != alive) return "a channel is left, or is missing\n" + server_.story();
    expected_.clear();
    return {};
  }
  static std::string shown(const Replies& replies) {
    std::string text;
    for (const auto& [ref, status] : replies) text += " " + ref + ":" + status;
    return text;
  }

  std::span<const std::uint8_t> steps_;
  std::map<std::string, std::vector<server::JoinAnswer>> answers_;  // by topic, all that were ever made
  std::map<std::string, Topic> topics_;
  Replies expected_;
  int last_ref_ = 0;
  bool throws_ = false;
  Server server_;
  std::optional<Client> client_;
};

}  // namespace suzaku::server_testing
