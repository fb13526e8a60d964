#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "client/real/real.hpp"
#include "daemon/commands.hpp"
#include "daemon/daemon.hpp"
#include "program/program.hpp"
#include "support/http_receiver.hpp"

namespace suzaku::daemon {

namespace real = client::real;

/// A daemon between two connections to a server, a file and a program.
class DaemonTest : public testing::Test {
 protected:
  Result<config::BridgeConfig> load() const {
    const auto environment = [this](const std::string& name) -> std::optional<std::string> {
      if (name == "URL") return server->url();
      if (name == "FOLDER") return scratch.file("");
      return std::nullopt;
    };
    auto config = config::read_bridge_config(yaml, "bridge.yaml", environment);
    if (!config) return failure(config.error().front().place + ": " + config.error().front().message);
    return *std::move(config);
  }
  std::unique_ptr<Daemon> make() {
    auto config = load();
    if (!config) throw std::runtime_error(config.error().message);
    return std::make_unique<Daemon>(*std::move(config), [this](const auto&) { return load(); });
  }
  void start() {
    daemon = make();
    const auto started = daemon->start();
    ASSERT_TRUE(started) << started.error().message;
  }

  Json member_of(const char* what, const char* name) const {
    const JsonObject status = daemon->status();
    for (const Json& each : status.at(what).as_array())
      if (each.at("name") == name) return each;
    throw std::runtime_error(std::string("there is no ") + name);
  }
  Json connection(const char* name) const { return member_of("connections", name); }
  Json agent(const char* name) const { return member_of("agents", name); }
  void await_joined(const char* name, std::size_t channels) const {
    real::await([&] {
      const Json health = connection(name);
      if (health.at("status") != "connected") return false;
      const auto& all = health.at("channels").as_array();
      return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [](const Json& channel) {
               return !channel.at("joined_at").is_null();
             })) == channels;
    });
  }
  void await_in(const std::string& file, const std::string& text) const {
    real::await([&] { return scratch.read(file).find(text) != std::string::npos; });
  }
  Json ask(const Json& request) { return boost::json::parse(answer(*daemon, boost::json::serialize(request))); }

  test::Folder scratch;
  std::unique_ptr<real::ServerProcess> server = std::make_unique<real::ServerProcess>();
  std::string yaml = R"(
connections:
  one: {url: "${URL}", channels: [room:1], backoff: [20ms], rejoin_after: [10ms], proxy: ""}
  two: {url: "${URL}", channels: [room:1], backoff: [20ms], rejoin_after: [10ms], proxy: ""}
agents:
  all: {sink: file, path: "${FOLDER}all"}
  cat: {sink: command, command: [sh, -c, "cat >> ${FOLDER}cat"]}
routes:
  - {from: "suzaku.**", to: all}
  - {from: suzaku.one.*.shout, to: cat}
)";
  std::unique_ptr<Daemon> daemon;
};

inline void replace(std::string& in, std::string_view what, std::string_view by) {
  const auto at = in.find(what);
  ASSERT_NE(at, in.npos) << what;
  in.replace(at, what.size(), by);
}

}  // namespace suzaku::daemon
