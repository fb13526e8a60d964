#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <suzaku/server_testing/http.hpp>

#include "net/loop.hpp"
#include "server_testing/exchange_impl.hpp"

namespace suzaku::server_testing {

/// A call of an HTTP route, and what its client has got of the answer.
class HttpCallImpl final : public ExchangeImpl, private transport::BodySink, private net::Loop::Hook {
 public:
  HttpCallImpl(std::shared_ptr<ServerImpl> server, const HttpCall& call);
  ~HttpCallImpl() override;

  void start(const HttpCall& call);
  server::HttpResponse expect_answer();
  /// The answer as far as it has come, at least its head.
  server::HttpResponse expect_head();
  std::string expect_part();
  void expect_abort();
  void refute_answer();
  void refute_part();

  bool is_open() const noexcept { return state_ <= State::streaming || !unread_.empty(); }
  void stop_reading() noexcept { reads_ = false; }
  void read();
  std::size_t queued_bytes() const override { return unread_bytes_; }
  void close();
  /// The server is going away.
  void drain();

 private:
  enum class State : std::uint8_t { asking, streaming, ended, aborted, closed };

  void take(transport::Answer answer) override;
  void stream(transport::StreamedResponse streamed);
  bool write(std::string_view part) override;
  void end() override { stop(State::ended); }
  void abort() override;
  void on_turn_end() override { source_.reset(); }
  void stop(State how);
  void receive(std::string part);
  [[noreturn]] void fail(std::string_view what) const;

  const std::string name_;  // for failures
  const bool is_head_;
  std::unique_ptr<transport::BodySource> source_;
  std::optional<server::HttpResponse> answer_;
  std::deque<std::string> parts_;   // of the body, not taken yet
  std::deque<std::string> unread_;  // wait for the client
  std::size_t unread_bytes_ = 0;
  State state_ = State::asking;
  bool reads_ = true;
};

}  // namespace suzaku::server_testing
