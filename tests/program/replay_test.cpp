// --record and suzaku replay
#include <chrono>
#include <csignal>

#include "program.hpp"

namespace suzaku::test {
namespace {

std::string frame(double time, const std::string& direction, const std::string& json) {
  return "{\"time\":" + std::to_string(time) + ",\"direction\":\"" + direction + "\",\"frame\":" + json + "}\n";
}

TEST(Record, HoldsEveryFrameWithTimeAndDirection) {
  PhoenixServer server;
  const Folder folder;
  ASSERT_EQ(
      run({"push", server.url(), "room:lobby", "echo", R"({"n":1})", "--wait", "--record", folder.file("r")}).code, 0);
  std::size_t sent = 0;
  std::size_t received = 0;
  double time = 0;
  for (const Json& line : json_lines(folder.read("r"))) {
    EXPECT_GE(line.at("time").to_number<double>(), time);
    time = line.at("time").to_number<double>();
    if (line.as_object().contains("step")) continue;
    ++(line.at("direction") == "sent" ? sent : received);
    EXPECT_EQ(line.at("frame").at(2), "room:lobby");
  }
  EXPECT_EQ(sent, 3U);  // join, echo, leave
  EXPECT_GE(received, 2U);
  EXPECT_NEAR(time, std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(), 100);
}

TEST(Replay, PrintsTheMessagesThatWereReceivedAsTheyWere) {
  PhoenixServer server;
  const Folder folder;
  const Ended talk = run({"join", server.url(), "room:lobby", "--record", folder.file("r")},
                         "shout {\"id\":12345678901234567890}\necho {}\nshout {\"n\":2}\n");
  ASSERT_EQ(talk.code, 0);
  for (const std::string speed : {"max", "1", "1000"}) {
    const Ended ended = run({"replay", folder.file("r"), "--speed", speed});
    EXPECT_EQ(ended.code, 0) << ended.errors;
    EXPECT_EQ(ended.output,
              "{\"topic\":\"room:lobby\",\"event\":\"shout\",\"payload\":{\"id\":12345678901234567890}}\n"
              "{\"topic\":\"room:lobby\",\"event\":\"shout\",\"payload\":{\"n\":2}}\n");
  }
}

TEST(Replay, SaysWhenThereIsNothingToReplay) {
  PhoenixServer server;
  const Folder folder;
  folder.write("r", frame(1, "received", R"(["1","1","room:a","phx_reply",{"status":"ok","response":{}}])"));
  Ended ended = run({"replay", folder.file("r")});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.errors, "suzaku: the recording has no messages but replies\n");
  ended = run({"replay", folder.file("r"), server.url()});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.errors, "suzaku: the recording has no pushes\n");
}

TEST(Replay, ReadsBothSerializersAndBytes) {
  const Folder folder;
  folder.write("r", frame(1, "received", R"([null,null,"room:a","x",{"n":1}])") +
                        frame(1, "received", R"({"topic":"room:b","event":"y","payload":{},"ref":null})") +
                        frame(1, "received", R"({"binary":"AgYBcm9vbTpjegH/"})"));
  const Ended ended = run({"replay", folder.file("r")});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.output,
            "{\"topic\":\"room:a\",\"event\":\"x\",\"payload\":{\"n\":1}}\n"
            "{\"topic\":\"room:b\",\"event\":\"y\",\"payload\":{}}\n"
            "{\"topic\":\"room:c\",\"event\":\"z\",\"payload\":{\"binary\":\"Af8=\"}}\n")
      << ended.errors;
}

TEST(Replay, KeepsThePaceTimesTheSpeed) {
  const Folder folder;
  folder.write("r", frame(1000, "received", R"([null,null,"room:a","x",{}])") +
                        frame(1001, "received", R"([null,null,"room:a","y",{}])"));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(count_of("\n", run({"replay", folder.file("r"), "--speed", "10"}).output), 2U);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(100));
}

TEST(Replay, PushesAgainWhatWasSent) {
  PhoenixServer server;
  const Folder folder;
  ASSERT_EQ(run({"push", server.url(), "room:lobby", "shout", "-", "--record", folder.file("r")},
                "{\"id\":12345678901234567890}\n{\"n\":2}\n")
                .code,
            0);
  PhoenixServer other;
  Child listener({"listen", other.url(), "room:lobby", "--count", "2"});
  listener.errors_until("joined");
  const Ended ended = run({"replay", folder.file("r"), other.url(), "--speed", "max"});
  EXPECT_EQ(ended.code, 0) << ended.errors;
  EXPECT_EQ(count_of(R"({"reply":"shout","status":"ok","response":{},"ms":)", ended.output), 2U) << ended.output;
  EXPECT_EQ(listener.exit_code(), 0);
  EXPECT_CONTAINS(listener.output(), "{\"id\":12345678901234567890}");
}

TEST(Replay, EndsAsThePushesEnd) {
  PhoenixServer server;
  const Folder folder;
  folder.write("r", frame(1, "sent", R"(["1","1","room:lobby","phx_join",{}])") +
                        frame(1, "sent", R"(["1","2","room:lobby","echo_error",{}])"));
  EXPECT_EQ(run({"replay", folder.file("r"), server.url()}).code, 10);
}

TEST(Replay, PutsJoinParamsInThePlaceOfSecrets) {
  PhoenixServer server;
  const Folder folder;
  folder.write("r", frame(1, "sent", R"(["1","1","room:lobby","phx_join",{"token":"[redacted]","a":1}])"));
  const Ended ended =
      run({"replay", folder.file("r"), server.url(), "--join-param", "token=new", "--record", folder.file("again")});
  EXPECT_EQ(ended.code, 0);
  EXPECT_CONTAINS(ended.errors, "secrets are not in the recording");
  EXPECT_CONTAINS(ended.errors, "--join-param");
  EXPECT_CONTAINS(folder.read("again"), R"("phx_join",{"token":"[redacted]","a":1})");
}

TEST(Replay, PrintsAReplyWhenItComesThoughAnEarlierPushHasNone) {
  PhoenixServer server;
  const Folder folder;
  folder.write("r", frame(1, "sent", R"(["1","1","room:lobby","phx_join",{}])") +
                        frame(1, "sent", R"(["1","2","room:lobby","noreply",{}])") +
                        frame(1, "sent", R"(["1","3","room:lobby","echo",{"n":1}])"));
  Child replay({"replay", folder.file("r"), server.url(), "--timeout", "1h"});
  replay.output_until(R"({"reply":"echo","status":"ok","response":{"n":1})");
  replay.signal(SIGINT);
  EXPECT_EQ(replay.exit_code(), 0);
}

TEST(Replay, SaysInWhichLineARecordingIsCutAfterItHasReplayedWhatStandsBefore) {
  PhoenixServer server;
  const Folder folder;
  const std::string received = frame(1, "received", R"([null,null,"room:a","x",{}])") + "\n  \n";
  for (const std::string cut :
       {"{", R"({"time":1,"direction":"rec)", R"({"time":1,"direction":"received","frame":[null)"}) {
    const Ended ended = run({"replay", folder.write("r", received + cut)});
    expect_failure(ended, 2, {"r, line 4: the recording is cut in the middle of this line"});
    EXPECT_EQ(ended.output, "{\"topic\":\"room:a\",\"event\":\"x\",\"payload\":{}}\n");
  }
  const Ended whole = run({"replay", folder.write("r", received + "\n")});
  EXPECT_EQ(whole.code, 0) << whole.errors;

  const std::string sent = frame(1, "sent", R"(["1","1","room:lobby","phx_join",{}])") +
                           frame(1, "sent", R"(["1","2","room:lobby","reply_later",{"n":1}])");
  const Ended pushed = run({"replay", folder.write("r", sent + "{\"time\""), server.url()});
  expect_failure(pushed, 2, {"r, line 3: the recording is cut"});
  EXPECT_CONTAINS(pushed.output, R"({"reply":"reply_later","status":"ok","response":{"n":1})");
}

TEST(Replay, SaysWhichLineIsNoRecording) {
  const Folder folder;
  const auto with = [&](const std::string& line) {
    return run({"replay", folder.write("r", frame(1, "received", "[null,null,\"a\",\"x\",{}]") + line + "\n")});
  };
  expect_failure(with("nonsense"), 2, {"r, line 2: "});
  expect_failure(with("{}"), 2, {"r, line 2: ", "expected a line of a recording"});
  expect_failure(with("[1]"), 2, {"r, line 2: ", "expected a line of a recording"});
  expect_failure(with(R"({"time":1,"direction":"up","frame":[]})"), 2, {"r, line 2: "});
  expect_failure(with(R"({"time":1,"direction":"sent","frame":{"binary":"?"}})"), 2, {"no Base64"});
  expect_failure(with(frame(1, "received", "[1]")), 0, {"a frame is left out"});
}

}  // namespace
}  // namespace suzaku::test
