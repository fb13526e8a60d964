#include "sinks/spool.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "sinks/sinks_test.hpp"
#include "support/certificates.hpp"

namespace suzaku::sinks {
namespace {

constexpr std::uint64_t kMaxBytes = 1 << 20;  // of waiting signals, and of parked ones

class SpoolTest : public testing::Test {
 protected:
  static std::string ids(Spool& spool, std::size_t max_count = 100, std::size_t max_bytes = kMaxBytes) {
    std::string all;
    for (const Spooled& signal : spool.oldest(max_count, max_bytes)) all += signal.id;
    return all;
  }
  /// The reason why the spool cannot be opened.
  std::string refusal() const {
    try {
      const Spool spool(path_, kMaxBytes, kMaxBytes);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  }
  /// The output of another process that reads the database without FileLock.
  static std::string words_of_another_process(const std::string& path) {
    const std::string command =
        "python3 -c \"import sqlite3\n"
        "try: print(sqlite3.connect('" +
        path +
        "', timeout=0).execute('SELECT count(*) FROM signals').fetchone())\n"
        "except sqlite3.OperationalError as error: print(error)\"";
    const std::unique_ptr<FILE, int (*)(FILE*)> words(::popen(command.c_str(), "r"), ::pclose);
    std::string text;
    for (int c = std::fgetc(words.get()); c != EOF; c = std::fgetc(words.get())) text += static_cast<char>(c);
    return text;
  }
  std::string contents() const {
    std::ostringstream text;
    text << std::ifstream(path_, std::ios::binary).rdbuf();
    return text.str();
  }

  test::TemporaryFolder folder_;
  std::string path_ = folder_.file("spool");
};

TEST_F(SpoolTest, keeps_signals_in_order) {
  Spool spool(path_, kMaxBytes, kMaxBytes);
  EXPECT_EQ(spool.put(signals_of(1, 2)), 0U);
  EXPECT_EQ(spool.put(signals_of(3, 1)), 0U);
  const auto found = spool.oldest(100, kMaxBytes);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[2].id, "3");
  EXPECT_EQ(found[2].event, to_json_text(*signal_of("3")));
  EXPECT_EQ(spool.size().signals, 3U);
  EXPECT_EQ(spool.size().bytes, 3 * (line_size() - 1));
  spool.remove_through(found[1].number);
  EXPECT_EQ(ids(spool), "3");
  EXPECT_EQ(spool.size().bytes, line_size() - 1);
}

TEST_F(SpoolTest, returns_no_more_than_requested_but_at_least_one) {
  Spool spool(path_, kMaxBytes, kMaxBytes);
  spool.put(signals_of(1, 5));
  EXPECT_EQ(ids(spool, 2), "12");
  EXPECT_EQ(ids(spool, 100, 1), "1");
  EXPECT_EQ(ids(spool, 100, line_size()), "12");
}

TEST_F(SpoolTest, keeps_its_signals_when_it_is_opened_again) {
  Spool(path_, kMaxBytes, kMaxBytes).put(signals_of(1, 3));
  Spool spool(path_, kMaxBytes, kMaxBytes);
  EXPECT_EQ(ids(spool), "123");
  EXPECT_EQ(spool.size().signals, 3U);
  EXPECT_EQ(spool.size().bytes, 3 * (line_size() - 1));
}

TEST_F(SpoolTest, drops_the_oldest_when_it_is_full) {
  Spool spool(path_, 3 * line_size(), kMaxBytes);
  EXPECT_EQ(spool.put(signals_of(1, 3)), 0U);
  EXPECT_EQ(spool.put(signals_of(4, 2)), 2U);
  EXPECT_EQ(ids(spool), "345");
  EXPECT_EQ(spool.size().signals, 3U);
  EXPECT_EQ(spool.size().bytes, 3 * (line_size() - 1));
  EXPECT_EQ(spool.put(signals_of(1, 9)), 9U);
  EXPECT_EQ(ids(spool), "789");
}

TEST_F(SpoolTest, drops_only_a_signal_larger_than_the_whole_spool) {
  Spool spool(path_, 3 * line_size(), kMaxBytes);
  spool.put(signals_of(1, 2));
  EXPECT_EQ(spool.put(signals_of(3, 1, Payload::from_text('"' + std::string(3 * line_size(), 'x') + '"'))), 1U);
  EXPECT_EQ(ids(spool), "12");
}

TEST_F(SpoolTest, parks_signals_and_unparks_them_in_order) {
  {
    Spool spool(path_, kMaxBytes, kMaxBytes);
    spool.put(signals_of(1, 4));
    const auto found = spool.oldest(100, kMaxBytes);
    EXPECT_EQ(spool.park(found[1].number), 0U);
    EXPECT_EQ(spool.park(found[2].number), 0U);
    EXPECT_EQ(spool.parked_signal(found[1].number)->event, found[1].event);
    EXPECT_FALSE(spool.parked_signal(found[0].number));
  }
  Spool spool(path_, kMaxBytes, kMaxBytes);
  EXPECT_EQ(ids(spool), "14");
  EXPECT_EQ(spool.size().signals, 2U);
  EXPECT_EQ(spool.parked().signals, 2U);
  EXPECT_EQ(spool.parked().bytes, 2 * (line_size() - 1));
  spool.unpark();
  EXPECT_EQ(ids(spool), "1234");
  EXPECT_EQ(spool.size().bytes, 4 * (line_size() - 1));
  EXPECT_EQ(spool.parked().signals, 0U);
}

TEST_F(SpoolTest, drops_parked_signals_on_request) {
  Spool spool(path_, kMaxBytes, kMaxBytes);
  spool.put(signals_of(1, 3));
  for (const Spooled& signal : spool.oldest(100, kMaxBytes)) spool.park(signal.number);
  spool.remove_parked(1);
  EXPECT_EQ(spool.parked().signals, 2U);
  EXPECT_EQ(spool.drop_parked(), 2U);
  EXPECT_EQ(spool.parked().bytes, 0U);
  EXPECT_EQ(spool.size().signals, 0U);
}

TEST_F(SpoolTest, does_not_use_a_number_again) {
  std::int64_t last = 0;
  for (int i = 0; i < 3; ++i) {
    Spool spool(path_, kMaxBytes, kMaxBytes);
    spool.put(signals_of(1, 1));
    const std::int64_t number = spool.oldest(1, 1).at(0).number;
    EXPECT_GT(number, last);
    last = number;
    spool.remove_through(last);
  }
}

TEST_F(SpoolTest, is_accessible_to_its_own_user_only) {
  const Spool spool(path_, kMaxBytes, kMaxBytes);
  EXPECT_EQ(std::filesystem::status(path_).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(SpoolTest, has_one_user) {
  std::optional<Spool> first(std::in_place, path_, kMaxBytes, kMaxBytes);
  first->put(signals_of(1, 1));
  EXPECT_EQ(refusal(), "the spool " + path_ + ": in use by another sink or process");
  first->put(signals_of(2, 1));
  EXPECT_EQ(ids(*first), "12");
  first.reset();
  EXPECT_EQ(refusal(), "");
}

TEST_F(SpoolTest, is_not_opened_twice_by_another_name) {
  Spool first(path_, kMaxBytes, kMaxBytes);
  first.put(signals_of(1, 1));
  const std::string spool = std::exchange(path_, folder_.file("other"));
  std::filesystem::create_symlink(spool, path_);
  EXPECT_EQ(refusal(), "the spool " + path_ + ": in use by another sink or process");
  EXPECT_EQ(words_of_another_process(spool), "database is locked\n");
  first.put(signals_of(2, 1));
  EXPECT_EQ(ids(first), "12");
}

TEST_F(SpoolTest, does_not_change_other_files) {
  std::ofstream(path_) << "my letters";
  EXPECT_NE(refusal().find(path_ + ": this is another kind of file"), std::string::npos);
  EXPECT_EQ(contents(), "my letters");

  std::filesystem::remove(path_);
  sqlite::Database(path_).run("CREATE TABLE letters (text)");
  const std::string before = contents();
  EXPECT_NE(refusal().find(path_ + ": this is another kind of file"), std::string::npos);
  EXPECT_EQ(contents(), before);
}

TEST_F(SpoolTest, reports_that_it_is_damaged) {
  Spool(path_, kMaxBytes, kMaxBytes).put(signals_of(1, 9, Payload::from_text('"' + std::string(9'000, 'x') + '"')));
  std::string bytes = contents();
  ASSERT_GT(bytes.size(), 8'192U);
  bytes.replace(4'096, bytes.size() - 4'096, bytes.size() - 4'096, '\x55');
  std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
  const std::string why = refusal();
  EXPECT_NE(why.find(path_), std::string::npos);
  EXPECT_NE(why.find("damaged"), std::string::npos) << why;
  EXPECT_TRUE(contents() == bytes);
}

TEST_F(SpoolTest, a_missing_folder_is_an_error) {
  path_ = folder_.file("missing/spool");
  EXPECT_EQ(refusal(), "the spool " + path_ + ": No such file or directory");
}

}  // namespace
}  // namespace suzaku::sinks
