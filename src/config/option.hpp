#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>

#include <suzaku/result.hpp>

namespace suzaku::config {

struct ServerConfig;

/// One thing that can be set, in a file and by a flag alike.
struct Option {
  std::string key;         // "drain.deadline": `deadline` of the mapping `drain` in YAML
  std::string group;       // heading in --help
  std::string value_name;  // what stands for the value in --help: "TIME"
  std::string help;        // half a sentence

  enum class Shape { single, list, on_off };
  Shape shape = Shape::single;  // list: YAML may give a sequence; on_off: the flag alone means true

  /// Fails with `found "x", expected y`.
  std::function<Result<void>(ServerConfig&, std::string_view)> set;
  std::function<std::string(const ServerConfig&)> get;

  /// "--drain-deadline"
  std::string flag() const {
    std::string name = "--" + key;
    std::ranges::replace_if(name, [](char c) { return c == '.' || c == '_'; }, '-');
    return name;
  }
};

}  // namespace suzaku::config
