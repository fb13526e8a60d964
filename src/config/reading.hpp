#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/environment.hpp"
#include "config/mistake.hpp"
#include "config/text_file.hpp"
#include "config/yaml_tree.hpp"

namespace suzaku::config {

/// What the readers of all parts of a file share.
class Reading {
 public:
  /// Mistakes name the file `name`. The environment must outlive this.
  Reading(std::string name, const Environment& environment, Depth depth = Depth::text, Files files = Files::any)
      : name_(std::move(name)), environment_(environment), depth_(depth), files_(files) {}
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  const Environment& environment() const noexcept { return environment_; }
  Depth depth() const noexcept { return depth_; }
  /// What secrets may be read from.
  Files files() const noexcept { return files_; }

  /// `key` is "" for the whole file. The text must hold no secret.
  void complain(const Place& place, std::string_view key, std::string_view text);
  std::size_t complaints() const noexcept { return mistakes_.size(); }
  /// In the order of the file.
  std::vector<Mistake> mistakes() const;

  /// Notes a value that was read. What was noted since the last take_record() is equal when the values are.
  void record(std::string_view key, std::string_view value);
  std::string take_record() { return std::exchange(record_, {}); }

  /// Keeps a check of the machine, which complains, until run_looks(). It is one of a part of the file.
  void look_later(std::function<void()> look) { looks_.emplace(part_, std::move(look)); }
  /// The part that is read from now on, by its key.
  void begin_part(const std::string& key) { part_ = key; }
  void forget_looks(const std::string& part) { looks_.erase(part); }
  void run_looks() const {
    for (const auto& [part, look] : looks_) look();
  }

 private:
  std::string name_;
  const Environment& environment_;
  Depth depth_;
  Files files_;
  std::multimap<Place, std::string> mistakes_;
  std::string record_;
  std::string part_;
  std::multimap<std::string, std::function<void()>> looks_;
};

}  // namespace suzaku::config
