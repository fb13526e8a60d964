#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <suzaku/result.hpp>

#include "config/reading.hpp"

namespace suzaku::config {

/// A text with the environment and secret files filled in. Messages show what the file says, since the value may be
/// a secret.
struct Text {
  std::string value;
  std::string written;
  bool is_filled_in() const noexcept { return value != written; }
};

/// A value of a configuration file, with its key. A wrong or missing value is reported once.
class Value {
 public:
  /// `key` and `key_place`: of the entry that has this value; of an item, of itself.
  Value(Reading& reading, std::string key, const Place& key_place, YamlPointer node)
      : reading_(&reading), key_(std::move(key)), key_place_(key_place), node_(std::move(node)) {}

  Reading& reading() const noexcept { return *reading_; }
  /// "connections.shop.url", "routes[0].from[1]"
  const std::string& key() const noexcept { return key_; }
  const Place& key_place() const noexcept { return key_place_; }
  const YamlNode& node() const noexcept { return *node_; }
  const YamlPointer& node_pointer() const noexcept { return node_; }
  bool is(YamlNode::Kind kind) const noexcept { return node_->kind == kind; }

  void complain(std::string_view text) const;
  /// "found a list, expected `expected`"
  void complain_of_shape(std::string_view expected) const;

  /// With Depth::machine, complains when the check fails: whether what the value names can be used on this machine. The
  /// check is called when the whole file was read: it must hold copies.
  void look(std::function<Result<void>()> check) const;

  /// A single value, with variables filled in.
  std::optional<Text> text() const;
  /// The same, but "file:PATH" is the content of that file, without its last line break. The content is not shown,
  /// and not recorded when it can be read again.
  std::optional<Text> secret() const;
  /// Whether the value, or a value within it, comes from a file that can be read again. A pipe is read
  /// once, so a value with one in it cannot.
  bool is_from_file() const;

  /// A list; nothing in the place of one is an empty one.
  std::vector<Value> items() const;
  /// A list, or a single value, which is a list of one.
  std::vector<Value> one_or_more() const;
  /// The entries of a mapping with their names; nothing in the place of one is an empty one.
  std::vector<std::pair<std::string, Value>> entries() const;

  /// Calls `set` with the text; it fails with `found "x", expected y`.
  using Set = std::function<Result<void>(std::string_view)>;
  bool read(const Set& set) const { return take(text(), set).has_value(); }
  /// The same for a list, whose items `set` takes one by one, for their mistakes, and then joined by commas; a single
  /// value may be written so, too.
  bool read_list(const Set& set) const;

  /// Sets `target` to what `parse` makes of the text: a Result.
  template <class T, class Parse>
  bool read(T& target, const Parse& parse) const {
    return take(text(), into(target, parse)).has_value();
  }
  template <class T, class Parse>
  bool read_secret(T& target, const Parse& parse) const {
    return take(secret(), into(target, parse)).has_value();
  }

 private:
  template <class T, class Parse>
  static Set into(T& target, const Parse& parse) {
    return [&target, &parse](std::string_view text) -> Result<void> {
      return parse(text).map([&](auto&& value) { target = static_cast<T>(std::forward<decltype(value)>(value)); });
    };
  }
  /// The text, when there is one that `set` takes.
  std::optional<Text> take(std::optional<Text> given, const Set& set) const;

  Reading* reading_;
  std::string key_;
  Place key_place_;
  YamlPointer node_;
};

}  // namespace suzaku::config
