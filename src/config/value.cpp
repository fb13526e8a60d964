#include "config/value.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <system_error>

#include <boost/algorithm/string/replace.hpp>

#include "config/text_file.hpp"
#include "config/values.hpp"

namespace suzaku::config {
namespace {

constexpr std::string_view kFile = "file:";
constexpr std::size_t kLargestSecret = 64 << 10;

std::string_view name_of(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::nothing:
      return "nothing";
    case YamlNode::Kind::scalar:
      return "a single value";
    case YamlNode::Kind::list:
      return "a list";
    case YamlNode::Kind::mapping:
      return "a mapping";
  }
  return {};
}

/// The message, with what the file says in place of values that were filled in.
std::string as_written(std::string message, const YamlNode& node, const Environment& environment) {
  for (const auto& [name, value] : node.entries) message = as_written(std::move(message), *value, environment);
  for (const YamlPointer& item : node.items) message = as_written(std::move(message), *item, environment);
  if (node.kind != YamlNode::Kind::scalar) return message;
  const auto value = expand(node.text, environment);
  if (value && *value != node.text && !value->empty()) boost::algorithm::replace_all(message, *value, node.text);
  return message;
}

/// The paths of the secret files that the value names.
void find_files(const YamlNode& node, const Environment& environment, std::vector<std::string>& files) {
  for (const YamlPointer& item : node.items) find_files(*item, environment, files);
  for (const auto& [name, value] : node.entries) find_files(*value, environment, files);
  if (node.kind != YamlNode::Kind::scalar || !node.text.starts_with(kFile)) return;
  files.push_back(expand(node.text.substr(kFile.size()), environment).value_or(""));
}

bool is_regular_file(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error);
}

void remove_line_break(std::string& text) {
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
}

/// The failure, with what the file says in place of a value that was filled in.
std::string shown(const Text& text, const Error& error) {
  const std::string found = "found \"" + text.value + '"';
  if (!text.is_filled_in()) return error.message;
  if (error.message.starts_with(found)) return "found \"" + text.written + '"' + error.message.substr(found.size());
  return "found \"" + text.written + "\", which is no good value";
}

}  // namespace

void Value::complain(std::string_view text) const {
  // An empty value stands at the beginning of what follows it.
  reading_->complain(is(YamlNode::Kind::nothing) ? key_place_ : node_->place, key_, text);
}

void Value::complain_of_shape(std::string_view expected) const {
  complain(std::string("found ").append(name_of(node_->kind)).append(", expected ").append(expected));
}

std::optional<Text> Value::take(std::optional<Text> given, const Set& set) const {
  if (!given) return {};
  const auto done = set(given->value);
  if (done) return given;
  complain(shown(*given, done.error()));
  return {};
}

bool Value::read_list(const Set& set) const {
  if (!is(YamlNode::Kind::list)) return read(set);
  Text joined;
  bool is_good = true;
  for (const Value& item : items()) {
    const auto text = item.take(item.text(), set);
    is_good = is_good && text;
    if (!is_good) continue;
    joined.value.append(joined.value.empty() ? "" : ",").append(text->value);
    joined.written.append(joined.written.empty() ? "" : ",").append(text->written);
  }
  return is_good && take(joined, set);
}

void Value::look(std::function<Result<void>()> check) const {
  if (reading_->depth() != Depth::machine) return;
  reading_->look_later([value = *this, check = std::move(check)] {
    const auto good = check();
    if (!good) value.complain(as_written(good.error().message, value.node(), value.reading().environment()));
  });
}

std::optional<Text> Value::text() const {
  if (is(YamlNode::Kind::nothing)) {
    complain("found no value; write one, or leave the key out");
    return {};
  }
  if (!is(YamlNode::Kind::scalar)) {
    complain_of_shape("a single value");
    return {};
  }
  auto value = expand(node_->text, reading_->environment());
  if (value && !is_text(*value)) value = failure("found bytes that are no UTF-8, or NUL; expected text");
  if (!value) {
    complain(value.error().message);
    return {};
  }
  reading_->record(key_, *value);
  return Text{*std::move(value), node_->text};
}

std::optional<Text> Value::secret() const {
  auto given = text();
  if (!given || !node_->text.starts_with(kFile)) return given;
  auto content = read_text(given->value.substr(kFile.size()), kLargestSecret, reading_->files());
  if (content) remove_line_break(*content);
  if (content && content->empty()) content = failure("it is empty");
  if (content && !is_text(*content)) content = failure("it holds bytes that are no UTF-8, or NUL");
  if (!content) {
    complain("cannot take the value from the file " + node_->text.substr(kFile.size()) + ": " +
             content.error().message);
    return {};
  }
  if (!is_from_file()) reading_->record(key_, *content);
  return Text{*std::move(content), node_->text};
}

bool Value::is_from_file() const {
  std::vector<std::string> files;
  find_files(*node_, reading_->environment(), files);
  return !files.empty() && std::ranges::all_of(files, is_regular_file);
}

std::vector<Value> Value::items() const {
  if (!is(YamlNode::Kind::list) && !is(YamlNode::Kind::nothing)) complain_of_shape("a list");
  std::vector<Value> items;
  for (const YamlPointer& item : node_->items)
    items.emplace_back(*reading_, key_ + '[' + std::to_string(items.size()) + ']', item->place, item);
  reading_->record(key_, std::to_string(items.size()));
  return items;
}

std::vector<Value> Value::one_or_more() const {
  if (is(YamlNode::Kind::scalar)) return {*this};
  return items();
}

std::vector<std::pair<std::string, Value>> Value::entries() const {
  if (!is(YamlNode::Kind::mapping) && !is(YamlNode::Kind::nothing)) complain_of_shape("a mapping");
  std::vector<std::pair<std::string, Value>> entries;
  std::map<std::string, Place> seen;
  for (const auto& [name, value] : node_->entries) {
    if (name->kind != YamlNode::Kind::scalar) {
      const Value wrong(*reading_, key_, name->place, name);
      wrong.complain_of_shape("the name of a setting");
      continue;
    }
    const std::string key = key_.empty() ? name->text : key_ + '.' + name->text;
    const Value entry(*reading_, key, name->place, value);
    if (const auto [earlier, is_new] = seen.emplace(name->text, name->place); is_new) {
      entries.emplace_back(name->text, entry);
    } else {
      const Place& place = earlier->second;
      reading_->complain(name->place, key,
                         "given twice; it is set already in line " + std::to_string(place.line) + ", column " +
                             std::to_string(place.column));
    }
  }
  return entries;
}

}  // namespace suzaku::config
