// Secrets behind pipes: such as those of a shell's process substitution.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/descriptor.hpp"
#include "config/bridge_config.hpp"
#include "config/config_test.hpp"
#include "config/text_file.hpp"

namespace suzaku::config {
namespace {

class SecretPipes : public testing::Test {
 protected:
  SecretPipes() {
    std::filesystem::remove(path);
    std::ofstream(file) << "from-file";
  }
  ~SecretPipes() override {
    std::filesystem::remove(path);
    std::filesystem::remove(file);
  }
  static void make_pipe(const std::string& where) {
    if (::mkfifo(where.c_str(), 0600) != 0) throw std::runtime_error("there is no pipe");
  }
  /// The options of a connection with these, while the pipe has a writer.
  bridge::ConnectionOptions read(const std::string& options) const {
    make_pipe(path);
    std::thread writer([this] { std::ofstream(path) << "from-pipe\n"; });
    const auto config =
        good("connections: {a: {url: ws://a, " + options + "}}", environment_of({{"PIPE", path}, {"FILE", file}}));
    writer.join();
    return config.connections[0].options;
  }

  const std::string path = testing::TempDir() + "suzaku_secret_pipe";
  const std::string file = testing::TempDir() + "suzaku_secret_file";
};

TEST_F(SecretPipes, AreReadOnce) {
  EXPECT_EQ(read("auth_token: \"file:${PIPE}\"").auth_token.value(), "from-pipe");
}

TEST_F(SecretPipes, WithoutAWriterAreGivenUp) {
  make_pipe(path);
  const auto text = read_text(path, 100, Files::any, std::chrono::milliseconds(20));
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().message, "nothing was written to this pipe within 20 ms");
}

TEST_F(SecretPipes, AreReadOnceWithTheFilesBesideThem) {
  EXPECT_EQ(read("params: {a: \"file:${FILE}\", b: \"file:${PIPE}\"}").params.value().raw(),
            R"({"a":"from-file","b":"from-pipe"})");
}

TEST_F(SecretPipes, AreRefusedAtOnceInPlaceOfAFileThatIsReadAgain) {
  const std::string yaml = "connections: {a: {url: ws://a, auth_token: \"file:" + file +
                           "\", channels: [{topic: a, params: {t: \"file:" + file + "\"}}]}}";
  const auto options = good(yaml).connections[0].options;
  std::filesystem::remove(file);
  make_pipe(file);
  auto asked = std::async(std::launch::async, [&] {
    return options.auth_token.get({}).error().message + "\n" +
           options.auto_join_channels[0].params.get({}).error().message;
  });
  EXPECT_EQ(asked.wait_for(std::chrono::seconds(10)), std::future_status::ready);
  while (asked.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready)  // releases a reader that waits
    Descriptor(::open(file.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
  const std::string why = ": cannot take the value from the file " + file + ": it is no regular file";
  EXPECT_EQ(asked.get(), "connections.a.auth_token" + why + "\nconnections.a.channels[0].params.t" + why);
}

}  // namespace
}  // namespace suzaku::config
