// A process that was just forked holds copies of all sockets until it has become another program. What has ended here
// must be watched no more all the same.
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/connector.hpp"
#include "net/loop_thread.hpp"
#include "net/port.hpp"
#include "net/talker.hpp"
#include "support/scripted_server.hpp"

namespace suzaku::net {
namespace {

using suzaku::test::ScriptedServer;
using suzaku::test::ServedConnection;

/// A copy of this process, which does nothing.
class Copy {
 public:
  Copy() : process_(::fork()) {
    while (process_ == 0) ::pause();
  }
  ~Copy() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;

 private:
  pid_t process_;
};

/// How many files are in the epoll sets of this process.
std::size_t watched_files() {
  std::size_t count = 0;
  for (const auto& file : std::filesystem::directory_iterator("/proc/self/fdinfo")) {
    std::ifstream lines(file.path());
    for (std::string line; std::getline(lines, line);) count += line.starts_with("tfd:") ? 1 : 0;
  }
  return count;
}

TEST(Fork, connection_that_has_ended_is_watched_no_more) {
  ScriptedServer server([](ServedConnection& client) {
    client.write("x");
    client.read_to_end();
  });
  test::Talker talker(server.port());
  const std::size_t watched = watched_files();
  const Copy copy;
  talker.run([](Connection& connection) { connection.abort(); });
  talker.await_end();
  EXPECT_EQ(watched_files(), watched - 1);
}

TEST(Fork, attempt_that_has_ended_is_watched_no_more) {
  test::Port silent("127.0.0.1", 0, 0);
  silent.fall_silent();
  test::LoopThread thread;
  thread.settle();
  const std::size_t watched = watched_files();
  std::unique_ptr<Connector> connector;
  thread.run([&] {
    connector = std::make_unique<Connector>(thread.loop(), ConnectOptions{.host = "127.0.0.1", .port = silent.number()},
                                            [](const auto&) {});
  });
  while (watched_files() == watched) thread.settle();  // it begins at the end of a turn
  const Copy copy;
  thread.run([&] { connector.reset(); });
  EXPECT_EQ(watched_files(), watched);
}

}  // namespace
}  // namespace suzaku::net
