#include "config/text_file.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace suzaku::config {

Result<std::string> read_text(const std::string& path, std::size_t most) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), &std::fclose);
  if (!file) return failure(std::strerror(errno));
  std::string text;
  std::array<char, 65536> bytes;
  while (const std::size_t size = std::fread(bytes.data(), 1, bytes.size(), file.get())) {
    text.append(bytes.data(), size);
    if (text.size() > most) return failure("it has more than " + std::to_string(most) + " bytes");
  }
  if (std::ferror(file.get()) != 0) return failure(std::strerror(errno));
  return text;
}

}  // namespace suzaku::config
