#include "daemon/control_server.hpp"

#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include "client/real/real.hpp"
#include "daemon/control_client.hpp"
#include "program/program.hpp"

namespace suzaku::daemon {
namespace {

namespace asio = boost::asio;
namespace real = client::real;
using namespace std::chrono_literals;
using Protocol = asio::local::stream_protocol;

class ControlServerTest : public testing::Test {
 protected:
  std::unique_ptr<ControlServer> listen(
      ControlServer::Answer answer =
          [](std::string_view request) { return R"({"ok":true,"result":)" + std::string(request) + "}"; },
      ControlLimits limits = {}) {
    auto server = ControlServer::listen(path, std::move(answer), limits);
    if (!server) throw std::runtime_error(server.error().message);
    return *std::move(server);
  }
  std::string complaint(const std::string& at) {
    const auto server = ControlServer::listen(at, [](std::string_view) { return std::string(); });
    return server ? "" : server.error().message;
  }

  test::Folder scratch;
  const std::string path = scratch.file("control");
};

TEST_F(ControlServerTest, answers_a_request) {
  const auto server = listen();
  const auto answer = ask(path, {{"command", "status"}});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(*answer, (Json{{"command", "status"}}));
}

TEST_F(ControlServerTest, answers_many_requests_of_a_client_in_order) {
  const auto server = listen();
  asio::io_context io;
  Protocol::socket client(io);
  client.connect(Protocol::endpoint(path));
  asio::write(client, asio::buffer(std::string("1\n2\n3\n")));
  const std::string expected = "{\"ok\":true,\"result\":1}\n{\"ok\":true,\"result\":2}\n{\"ok\":true,\"result\":3}\n";
  std::string answers;
  asio::read(client, asio::dynamic_buffer(answers), asio::transfer_exactly(expected.size()));
  EXPECT_EQ(answers, expected);
}

TEST_F(ControlServerTest, slow_requests_do_not_delay_others) {
  std::promise<void> go;
  const auto server = listen([gone = go.get_future().share()](std::string_view request) {
    if (request.find("slow") != request.npos) gone.wait();
    return std::string(R"({"ok":true,"result":{}})");
  });
  std::vector<std::future<bool>> slow;
  for (int i = 0; i < 15; ++i)
    slow.push_back(std::async(std::launch::async, [&] { return ask(path, {{"command", "slow"}}).has_value(); }));
  EXPECT_TRUE(ask(path, {{"command", "quick"}}));
  go.set_value();
  for (auto& asked : slow) EXPECT_TRUE(asked.get());
}

TEST_F(ControlServerTest, tells_one_client_too_many_to_come_back_later) {
  const auto server = listen();
  asio::io_context io;
  std::vector<Protocol::socket> clients;
  for (int i = 0; i < 16; ++i) clients.emplace_back(io).connect(Protocol::endpoint(path));
  const auto refused = ask(path, {{"command", "status"}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "too many clients ask at the same time");
  clients.clear();
  real::await([&] { return ask(path, {{"command", "status"}}).has_value(); });
}

TEST_F(ControlServerTest, frees_the_places_of_clients_that_do_not_write) {
  const auto server =
      listen([](std::string_view) { return std::string(R"({"ok":true,"result":{}})"); }, {.request = 50ms});
  asio::io_context io;
  std::vector<Protocol::socket> clients;
  for (int i = 0; i < 16; ++i) {
    clients.emplace_back(io).connect(Protocol::endpoint(path));
    boost::system::error_code gone;  // the server may have closed the connection already
    if (i % 2 == 0) asio::write(clients.back(), asio::buffer(std::string("{}")), gone);  // a request that does not end
  }
  real::await([&] { return ask(path, {{"command", "status"}}).has_value(); });
}

TEST_F(ControlServerTest, frees_the_places_of_clients_that_do_not_read) {
  const std::string large = R"({"ok":true,"result":")" + std::string(8 << 20, 'x') + "\"}";
  const auto answer = [&](std::string_view request) { return request == "{}" ? large : R"({"ok":true,"result":{}})"; };
  const auto server = listen(answer, {.request = 10min, .answer = 50ms});
  asio::io_context io;
  std::vector<Protocol::socket> clients;
  for (int i = 0; i < 16; ++i) {
    clients.emplace_back(io).connect(Protocol::endpoint(path));
    boost::system::error_code gone;  // the server may have closed the connection already
    asio::write(clients.back(), asio::buffer(std::string("{}\n")), gone);
  }
  real::await([&] { return ask(path, {{"command", "status"}}).has_value(); });
}

TEST_F(ControlServerTest, refuses_an_endless_line) {
  const auto server = listen();
  asio::io_context io;
  Protocol::socket client(io);
  client.connect(Protocol::endpoint(path));
  boost::system::error_code failed;
  asio::write(client, asio::buffer(std::string(5 << 20, 'x')), failed);  // the server may close before all is written
  std::string answer;
  asio::read(client, asio::dynamic_buffer(answer), failed);
  if (!answer.empty()) {  // the answer may be lost, because the server did not read the whole request
    EXPECT_EQ(answer, "{\"ok\":false,\"error\":\"a request may have at most 4 MiB\"}\n");
  }
  EXPECT_TRUE(ask(path, {{"command", "status"}}));
}

TEST_F(ControlServerTest, keeps_running_when_a_client_leaves_before_its_answer) {
  std::promise<void> go;
  const auto server = listen([gone = go.get_future().share()](std::string_view) {
    gone.wait();
    return std::string(R"({"ok":true,"result":{}})");
  });
  {
    asio::io_context io;
    Protocol::socket client(io);
    client.connect(Protocol::endpoint(path));
    asio::write(client, asio::buffer(std::string("{}\n")));
  }
  go.set_value();
  EXPECT_TRUE(ask(path, {{"command", "status"}}));
}

TEST_F(ControlServerTest, is_accessible_to_its_own_user_only) {
  const auto server = listen();
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(ControlServerTest, replaces_the_socket_of_a_killed_process) {
  {  // the socket of a killed process
    asio::io_context io;
    const Protocol::acceptor killed(io, Protocol::endpoint(path));
  }
  ASSERT_TRUE(std::filesystem::exists(path));
  const auto server = listen();
  EXPECT_TRUE(ask(path, {{"command", "status"}}));
}

TEST_F(ControlServerTest, does_not_replace_a_socket_in_use) {
  const auto server = listen();
  EXPECT_EQ(complaint(path), "cannot listen on " + path + ": another bridge answers there");
  EXPECT_TRUE(ask(path, {{"command", "status"}}));
}

TEST_F(ControlServerTest, reports_where_it_cannot_listen) {
  const std::string file = scratch.file("file");
  std::ofstream(file) << "precious";
  EXPECT_EQ(complaint(file), "cannot listen on " + file + ": Address already in use; set `control` to another path");
  EXPECT_EQ(scratch.read("file"), "precious");
  const std::string nowhere = scratch.file("no/such/folder");
  EXPECT_EQ(complaint(nowhere),
            "cannot listen on " + nowhere + ": No such file or directory; set `control` to another path");
  const std::string longest = scratch.file(std::string(107, 'x'));
  EXPECT_EQ(complaint(longest), "cannot listen on " + longest + ": a path of at most 107 bytes is expected");
}

TEST_F(ControlServerTest, removes_its_socket) {
  listen().reset();
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(ControlServerTest, a_client_reports_what_it_finds_instead_of_a_bridge) {
  const auto nobody = ask(path, {{"command", "status"}});
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().code, ErrorCode::unavailable);
  EXPECT_EQ(nobody.error().message, "no bridge answers at " + path +
                                        " (No such file or directory); is it running? `control` in its configuration, "
                                        "or --socket, says where");
  const auto server = listen([](std::string_view) { return std::string("hello"); });
  EXPECT_EQ(ask(path, {}).error().message, "what answers at " + path + " is no bridge");
}

}  // namespace
}  // namespace suzaku::daemon
