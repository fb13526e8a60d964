#pragma once

#include <stdexcept>
#include <string>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.hpp"

/// For tests: what this process writes to standard error, from here to the end of the scope. It can be read meanwhile.
namespace suzaku::test {

class StderrCapture {
 public:
  StderrCapture() : before_(::dup(STDERR_FILENO)), file_(::memfd_create("stderr", MFD_CLOEXEC)) {
    if (!before_ || ::dup2(file_.get(), STDERR_FILENO) < 0) throw std::runtime_error("cannot capture standard error");
  }
  ~StderrCapture() { ::dup2(before_.get(), STDERR_FILENO); }
  StderrCapture(const StderrCapture&) = delete;
  StderrCapture& operator=(const StderrCapture&) = delete;

  /// All of it so far.
  std::string text() const {
    struct stat file{};
    if (::fstat(file_.get(), &file) != 0) throw std::runtime_error("fstat failed");
    std::string text(static_cast<std::size_t>(file.st_size), '\0');
    if (::pread(file_.get(), text.data(), text.size(), 0) != file.st_size) throw std::runtime_error("pread failed");
    return text;
  }

 private:
  Descriptor before_;
  Descriptor file_;
};

}  // namespace suzaku::test
