#include "files.hpp"

#include "config/text_file.hpp"

namespace suzaku::program {

Result<std::string> read_file(const std::string& file, std::size_t most) {
  return config::read_text(file, most).map_error([&](const Error& error) {
    return Error{file + ": " + error.message, error.code};
  });
}

}  // namespace suzaku::program
