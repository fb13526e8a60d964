#pragma once

#include <span>
#include <string>
#include <vector>

#include <suzaku/result.hpp>

#include "config/environment.hpp"
#include "config/option.hpp"

namespace suzaku::config {

/// A value that a file gives to an option.
struct Setting {
  const Option* option;
  std::string value;  // with environment variables filled in; items of a sequence joined by commas
  std::string place;  // of the value: "suzaku.yaml:3:7"
};

/// The settings of a YAML text in their order. Fails at the first thing that is wrong, with file, line, column and key:
/// YAML that cannot be read, a key that is unknown or given twice, a value of the wrong shape, a missing environment
/// variable. `name` is what messages call the file. The settings point into `options`.
Result<std::vector<Setting>> read_yaml(const std::string& text, const std::string& name,
                                       std::span<const Option> options, const Environment& environment);

/// The text of a file.
Result<std::string> read_text(const std::string& path);

}  // namespace suzaku::config
