#include "daemon/event_log.hpp"

#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <suzaku/signals/phoenix.hpp>

#include "base/log.hpp"
#include "base/stderr_capture.hpp"
#include "client/real/real.hpp"
#include "program/program.hpp"

namespace suzaku::daemon {
namespace {

namespace phoenix = signals::phoenix;
namespace real = client::real;

class EventLogTest : public testing::Test {
 protected:
  EventLogTest() { log::configure(log::Level::info, log::Format::text); }

  void publish(signals::Signal signal, int times = 1) {
    const auto shared = std::make_shared<const signals::Signal>(std::move(signal));
    for (int i = 0; i < times; ++i) bus.dispatch(shared);
  }

  const test::StderrCapture errors;
  signals::SignalBus bus;
  config::Secrets secrets;
};

TEST_F(EventLogTest, a_server_cannot_flood_the_log) {
  {
    const EventLog log(bus, secrets);
    publish(phoenix::channel_error("shop", "room:1", "no"), 1000);
    publish(phoenix::channel_error("other", "room:1", "no"));
    publish(phoenix::connection_disconnected("shop", "gone"));
  }
  const std::string text = errors.text();
  const auto lines = test::count_of("connection shop: channel room:1: no", text);
  EXPECT_GE(lines, 10u) << text;
  EXPECT_LE(lines, 20u) << text;  // if a second ends meanwhile
  EXPECT_TRUE(text.find("more lines like this were left out: connection shop: error\n") != text.npos ||
              text.find(" like it left out)") != text.npos)
      << text;
  EXPECT_CONTAINS(text, "connection other: channel room:1: no\n");
  EXPECT_CONTAINS(text, "connection shop: disconnected: gone\n");
}

TEST_F(EventLogTest, suppressed_lines_are_reported_when_the_flood_has_stopped) {
  const EventLog log(bus, secrets);
  publish(phoenix::channel_error("shop", "room:1", "no"), 12);
  real::await([&] { return errors.text().find("2 more lines like this were left out") != std::string::npos; });
}

}  // namespace
}  // namespace suzaku::daemon
