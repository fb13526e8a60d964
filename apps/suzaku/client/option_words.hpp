#pragma once

#include <string>

namespace suzaku::program {

/// A message of the client library in the words of the command line: `tls.key_file` is `--key` there.
std::string in_option_words(std::string message);

}  // namespace suzaku::program
