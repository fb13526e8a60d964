#include "server/http_stream.hpp"

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <variant>

#include <gtest/gtest.h>

#include "base/frame_sink.hpp"
#include "net/virtual_clock.hpp"
#include "server/http_exchange.hpp"
#include "server/shard.hpp"

namespace suzaku::server {
namespace {

class UnusedExchange final : public transport::Exchange {
 public:
  void resolve(transport::Answer /*answer*/) override {}
};

/// A connection that keeps what is written to it.
class KeepingSink final : public transport::BodySink {
 public:
  bool write(std::string_view part) override {
    queued += part.size();
    return true;
  }
  void end() override { has_ended = true; }
  void abort() override {}
  std::size_t queued_bytes() const override { return queued; }

  std::size_t queued = 0;
  bool has_ended = false;
};

class HttpStreamTest : public testing::Test {
 protected:
  HttpStreamTest() {
    shard.loop.run_ready();  // it is this thread's
    HttpExchange call(shard, exchange, {});
    stream = call.stream({}, {.on_room = [this](const HttpStream&) { ++rooms; }});
    auto decision = call.decide(stream);
    source = std::get<transport::StreamedResponse>(std::get<transport::Answer>(std::move(decision))).source;
    source->on_open(sink);
  }
  void write_elsewhere(std::size_t size) {
    std::thread([&] { stream.write(std::string(size, 'x')); }).join();
  }

  net::VirtualClock clock;
  net::Workers workers{0, 1};
  Budget unfinished{1};
  EndpointOptions options;
  Shard shard{clock, workers, unfinished, options};
  UnusedExchange exchange;
  KeepingSink sink;
  HttpStream stream;
  std::unique_ptr<transport::BodySource> source;
  int rooms = 0;
};

TEST_F(HttpStreamTest, bytes_on_their_way_from_another_thread_take_room) {
  EXPECT_EQ(stream.room(), kSendRoom);
  write_elsewhere(kLowWater);
  EXPECT_EQ(sink.queued, 0U);
  EXPECT_EQ(stream.room(), kSendRoom - kLowWater);
  write_elsewhere(1);
  EXPECT_EQ(stream.room(), 0U);
  source->on_room();
  EXPECT_EQ(rooms, 1) << "the first; there is none now";
  shard.loop.run_ready();
  EXPECT_EQ(sink.queued, kLowWater + 1);
  EXPECT_EQ(stream.room(), 0U) << "they wait in the connection now";
}

TEST_F(HttpStreamTest, bytes_that_have_left_take_no_room) {
  write_elsewhere(kSendRoom);
  EXPECT_EQ(stream.room(), 0U);
  shard.loop.run_ready();
  EXPECT_EQ(rooms, 1) << "the first";
  sink.queued = 0;
  source->on_room();
  EXPECT_EQ(rooms, 2);
  EXPECT_EQ(stream.room(), kSendRoom);
}

}  // namespace
}  // namespace suzaku::server
