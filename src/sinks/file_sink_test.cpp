#include "sinks/file_sink.hpp"

#include <filesystem>
#include <fstream>
#include <future>
#include <sstream>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "sinks/json_lines.hpp"
#include "sinks/sinks_test.hpp"
#include "support/certificates.hpp"

namespace suzaku::sinks {
namespace {

class FileSinkTest : public testing::Test {
 protected:
  test::TemporaryFolder folder_;
  std::string path_ = folder_.file("signals.ndjson");
};

TEST_F(FileSinkTest, appends_a_line_for_each_signal) {
  FileSink("log", {.path = path_}).take(signals_of(1, 2));
  FileSink sink("log", {.path = path_});
  sink.take(signals_of(3, 1));
  EXPECT_EQ(contents(path_), json_lines(signals_of(1, 3)));
  EXPECT_EQ(sink.status(), (JsonObject{{"written", 1},
                                       {"waiting", 0},
                                       {"rotations", 0},
                                       {"failures", 0},
                                       {"last_failure", ""},
                                       {"last_failure_at", nullptr}}));
  EXPECT_EQ(std::filesystem::status(path_).permissions() & std::filesystem::perms::others_all,
            std::filesystem::perms::none);
}

TEST_F(FileSinkTest, a_full_file_is_rotated_between_lines) {
  FileSink sink("log", {.path = path_, .max_size = 2 * line_size() + 1, .keep = 2});
  sink.take(signals_of(1, 1));
  sink.take(signals_of(2, 8));
  EXPECT_EQ(contents(path_), json_lines(signals_of(9, 1)));
  EXPECT_EQ(contents(path_ + ".1"), json_lines(signals_of(7, 2)));
  EXPECT_EQ(contents(path_ + ".2"), json_lines(signals_of(5, 2)));
  EXPECT_FALSE(std::filesystem::exists(path_ + ".3"));
  EXPECT_EQ(sink.status(), (JsonObject{{"written", 9},
                                       {"waiting", 0},
                                       {"rotations", 4},
                                       {"failures", 0},
                                       {"last_failure", ""},
                                       {"last_failure_at", nullptr}}));
}

TEST_F(FileSinkTest, without_old_files_it_empties_the_file) {
  FileSink sink("log", {.path = path_, .max_size = 2 * line_size(), .keep = 0});
  sink.take(signals_of(1, 3));
  EXPECT_EQ(contents(path_), json_lines(signals_of(3, 1)));
  EXPECT_FALSE(std::filesystem::exists(path_ + ".1"));
}

TEST_F(FileSinkTest, a_signal_larger_than_a_file_gets_a_file_of_its_own) {
  FileSink sink("log", {.path = path_, .max_size = 1});
  sink.take(signals_of(1, 3));
  EXPECT_EQ(contents(path_), json_lines(signals_of(3, 1)));
  EXPECT_EQ(contents(path_ + ".1"), json_lines(signals_of(2, 1)));
  EXPECT_EQ(contents(path_ + ".2"), json_lines(signals_of(1, 1)));
  EXPECT_FALSE(std::filesystem::exists(path_ + ".3"));
}

TEST_F(FileSinkTest, without_a_limit_it_is_never_full) {
  FileSink sink("log", {.path = path_, .max_size = 0});
  for (int i = 0; i < 100; ++i) sink.take(signals_of(1, 9));
  EXPECT_EQ(std::filesystem::file_size(path_), 900 * line_size());
}

TEST_F(FileSinkTest, reopens_a_file_that_another_program_has_rotated) {
  FileSink sink("log", {.path = path_});
  sink.take(signals_of(1, 1));
  std::filesystem::rename(path_, path_ + ".old");
  sink.take(signals_of(2, 1));
  EXPECT_EQ(contents(path_), json_lines(signals_of(2, 1)));
  EXPECT_EQ(contents(path_ + ".old"), json_lines(signals_of(1, 1)));
  std::filesystem::remove(path_);
  sink.take(signals_of(3, 1));
  EXPECT_EQ(contents(path_), json_lines(signals_of(3, 1)));
  std::filesystem::rename(path_, path_ + ".old");
  const std::ofstream created(path_);
  sink.take(signals_of(4, 1));
  EXPECT_EQ(contents(path_), json_lines(signals_of(4, 1)));
}

TEST_F(FileSinkTest, counts_the_size_again_when_another_program_truncates_the_file) {
  FileSink sink("log", {.path = path_, .max_size = 2 * line_size()});
  sink.take(signals_of(1, 2));
  std::filesystem::resize_file(path_, 0);
  sink.take(signals_of(3, 2));
  EXPECT_EQ(contents(path_), json_lines(signals_of(3, 2)));
  EXPECT_FALSE(std::filesystem::exists(path_ + ".1"));
}

TEST_F(FileSinkTest, old_files_move_up_to_the_first_gap) {
  std::ofstream(path_ + ".2") << "old";
  std::ofstream(path_ + ".3") << "older";
  FileSink sink("log", {.path = path_, .max_size = line_size(), .keep = 3});
  sink.take(signals_of(1, 2));
  EXPECT_EQ(contents(path_ + ".1"), json_lines(signals_of(1, 1)));
  EXPECT_EQ(contents(path_ + ".2"), "old");
  EXPECT_EQ(contents(path_ + ".3"), "older");
  sink.take(signals_of(3, 1));
  EXPECT_EQ(contents(path_ + ".1"), json_lines(signals_of(2, 1)));
  EXPECT_EQ(contents(path_ + ".2"), json_lines(signals_of(1, 1)));
  EXPECT_EQ(contents(path_ + ".3"), "old");
}

TEST_F(FileSinkTest, a_line_that_was_not_finished_is_ended) {
  std::ofstream(path_) << R"({"specversion":"1)";
  FileSink("log", {.path = path_}).take(signals_of(1, 1));
  EXPECT_EQ(contents(path_), "{\"specversion\":\"1\n" + json_lines(signals_of(1, 1)));
}

TEST_F(FileSinkTest, a_pipe_is_refused_and_left_alone) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  FileSink sink("log", {.path = path_, .max_size = 1});
  auto taken = std::async(std::launch::async, [&] { sink.take(signals_of(1, 2)); });
  EXPECT_NO_THROW(
      await([&] { return sink.status().at("last_failure") == Json("cannot open " + path_ + ": this is no file"); }));
  ASSERT_TRUE(std::filesystem::is_fifo(path_));
  std::filesystem::remove(path_);
  EXPECT_EQ(taken.wait_for(kPatience), std::future_status::ready);
  EXPECT_EQ(contents(path_ + ".1") + contents(path_), json_lines(signals_of(1, 2)));
}

TEST_F(FileSinkTest, a_device_is_never_full) {
  std::filesystem::create_symlink("/dev/null", path_);
  FileSink sink("log", {.path = path_, .max_size = 1});
  sink.take(signals_of(1, 3));
  EXPECT_TRUE(std::filesystem::is_symlink(path_));
  EXPECT_EQ(sink.status().at("written"), 3);
  EXPECT_EQ(sink.status().at("rotations"), 0);
}

}  // namespace
}  // namespace suzaku::sinks
