#include "sqlite/file_lock.hpp"

#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

#include "sqlite/sqlite_test.hpp"

namespace suzaku::sqlite {
namespace {

constexpr FileKind kDiary{.application_id = 0x64696172, .name = "diary", .user = "writer"};
constexpr FileKind kCard{.application_id = 0x63617264, .name = "card", .user = "reader"};

class FileLockTest : public SqliteTest {
 protected:
  static std::string reason(const std::function<void()>& work) {
    try {
      work();
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  }
  std::string refusal(const FileKind& kind = kDiary) const {
    return reason([&] { const FileLock lock(path_, kind); });
  }
  void write_diary() const { Database(path_).run("PRAGMA application_id = 0x64696172; CREATE TABLE days (text)"); }
};

TEST_F(FileLockTest, a_file_has_one_user_under_all_its_names) {
  std::optional<FileLock> first(std::in_place, path_, kDiary);
  EXPECT_EQ(code_of([&] { const FileLock lock(path_, kDiary); }), Code::busy);
  const std::string in_use = ": in use by another writer or process";
  EXPECT_EQ(refusal(), "the diary " + path_ + in_use);
  const std::string other = folder_.file("other");
  std::filesystem::create_symlink(path_, other);
  EXPECT_EQ(reason([&] { const FileLock lock(other, kDiary); }), "the diary " + other + in_use);
  EXPECT_EQ(reason([&] { FileLock::require_free(other, kDiary); }), "the diary " + other + in_use);
  first.reset();
  EXPECT_EQ(refusal(), "");
  EXPECT_EQ(reason([&] { FileLock::require_free(other, kDiary); }), "");
}

TEST_F(FileLockTest, a_file_of_its_kind_is_taken_and_another_kind_is_refused) {
  write_diary();
  EXPECT_EQ(refusal(), "");
  EXPECT_TRUE(FileLock::check(path_, kDiary));
  const std::string another = "the card " + path_ + ": this is another kind of file; expected none, or a card";
  EXPECT_EQ(refusal(kCard), another);
  EXPECT_EQ(FileLock::check(path_, kCard).error().message, another);
  EXPECT_EQ(FileLock::check(path_, kCard).error().code, ErrorCode::invalid);
}

TEST_F(FileLockTest, a_file_that_is_no_database_is_refused_and_not_changed) {
  std::ofstream(path_) << "my letters";
  EXPECT_NE(refusal().find("another kind of file"), std::string::npos);
  EXPECT_EQ(std::filesystem::file_size(path_), 10U);
}

TEST_F(FileLockTest, a_check_creates_no_file) {
  EXPECT_TRUE(FileLock::check(path_, kDiary));
  EXPECT_FALSE(std::filesystem::exists(path_));
}

}  // namespace
}  // namespace suzaku::sqlite
