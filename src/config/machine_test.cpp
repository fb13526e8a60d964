#include "config/machine.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <stdlib.h>

namespace suzaku::config {
namespace {

namespace fs = std::filesystem;

class MachineTest : public testing::Test {
 protected:
  MachineTest() {
    std::string name = (fs::temp_directory_path() / "suzaku-machine-XXXXXX").string();
    folder = ::mkdtemp(name.data());
    fs::create_directory(folder / "bin");
    write("bin/tool", true);
    write("text", false);
  }
  ~MachineTest() override { fs::remove_all(folder); }

  void write(const std::string& name, bool is_program) const {
    std::ofstream(folder / name) << "#!/bin/sh\n";
    if (is_program) fs::permissions(folder / name, fs::perms::owner_exec, fs::perm_options::add);
  }
  std::string path(const std::string& name) const { return (folder / name).string(); }

  fs::path folder;
};

std::string why(const Result<void>& result) {
  return result ? "" : result.error().message;
}

TEST_F(MachineTest, AFileCanBeMadeInAFolder) {
  EXPECT_EQ(why(can_make_file(path("new"))), "");
  EXPECT_EQ(why(can_make_file("new")), "") << "here";
  EXPECT_EQ(why(can_make_file(path("none/new"))),
            "cannot use the folder " + path("none") + ": No such file or directory");
  EXPECT_EQ(why(can_make_file(path("text/new"))), "cannot use the folder " + path("text") + ": this is no folder");
  EXPECT_FALSE(fs::exists(path("new")));
}

TEST_F(MachineTest, AProgramIsAFileThatCanBeExecuted) {
  EXPECT_EQ(why(is_program(path("bin/tool"), "")), "");
  EXPECT_EQ(why(is_program(path("text"), "")), "cannot start the program " + path("text") + ": Permission denied");
  EXPECT_EQ(why(is_program(path("bin"), "")), "cannot start the program " + path("bin") + ": Permission denied");
  EXPECT_EQ(why(is_program(path("none"), "")),
            "cannot start the program " + path("none") + ": No such file or directory");
}

TEST_F(MachineTest, AProgramIsFoundFromTheFolderThatItIsStartedIn) {
  EXPECT_EQ(why(is_program("bin/tool", folder.string())), "");
  EXPECT_EQ(why(is_program("./tool", path("bin"))), "");
  EXPECT_NE(why(is_program("./tool", folder.string())), "");
}

TEST_F(MachineTest, ANameIsLookedUpInPath) {
  EXPECT_EQ(why(is_program("sh", "")), "");
  EXPECT_EQ(why(is_program("sh", folder.string())), "") << "wherever it is started";
  EXPECT_EQ(why(is_program("tool", "")), "cannot find the program tool in any folder of PATH");
}

}  // namespace
}  // namespace suzaku::config
