// suzaku, started without standard input, output or errors
#include <csignal>

#include "program.hpp"

namespace suzaku::test {
namespace {

/// `words`, as a shell has them: arguments and redirections.
Ended run_in_shell(const std::string& words) {
  Child child({"-c", std::string("exec ") + SUZAKU_PROGRAM + " " + words}, {.program = "/bin/sh"});
  const int code = child.exit_code();
  return {code, child.output(), child.errors()};
}

TEST(ClosedDescriptors, ClosedInputIsAnEndOfInput) {
  PhoenixServer server;
  for (const std::string wait : {"", "--wait "}) {
    const Ended ended = run_in_shell("push " + server.url() + " room:lobby shout - " + wait + "<&-");
    EXPECT_EQ(ended.code, 0);
    EXPECT_EQ(ended.output + ended.errors, "");
  }
}

TEST(ClosedDescriptors, ClosedOutputCannotBeWrittenTo) {
  PhoenixServer server;
  expect_failure(run_in_shell("ping " + server.url() + " --count 1 >&-"), 1,
                 {"cannot write to standard output: Bad file descriptor"});
  expect_failure(run_in_shell("ping " + server.url() + " --count 1 <&- >&-"), 1,
                 {"cannot write to standard output: Bad file descriptor"});
}

TEST(ClosedDescriptors, ClosedErrorsAreNotTakenByWhatIsOpened) {
  PhoenixServer server;
  // A file is opened by that name, but nothing else is.
  EXPECT_EQ(run_in_shell("ping " + server.url() + " --count 1 --record /dev/stderr 2>&-").code, 0);
}

TEST(ClosedDescriptors, ClosedErrorsAreNotTakenByWhatTheServerOpens) {
  const std::string command = std::string("exec ") + SUZAKU_PROGRAM + " server --port 0 --config /dev/stderr 2>&-";
  Child server({"-c", command}, {.program = "/bin/sh"});
  EXPECT_NE(server.port(), 0);
  server.signal(SIGTERM);
  EXPECT_EQ(server.exit_code(), 0);
}

}  // namespace
}  // namespace suzaku::test
