#include "files.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace suzaku::program {

Result<std::string> read_file(const std::string& file, std::size_t most) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> open(std::fopen(file.c_str(), "rbe"), &std::fclose);
  if (!open) return failure(file + ": " + std::strerror(errno));
  std::string text;
  std::array<char, 65536> bytes;
  while (const std::size_t size = std::fread(bytes.data(), 1, bytes.size(), open.get())) {
    text.append(bytes.data(), size);
    if (text.size() > most) return failure(file + ": it has more than " + std::to_string(most) + " bytes");
  }
  if (std::ferror(open.get()) != 0) return failure(file + ": " + std::strerror(errno));
  return text;
}

}  // namespace suzaku::program
