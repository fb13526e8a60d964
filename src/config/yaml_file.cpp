#include "config/yaml_file.hpp"

#include <cerrno>
#include <cstring>
#include <exception>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <utility>

#include <yaml-cpp/yaml.h>

#include "config/spelling.hpp"

namespace suzaku::config {
namespace {

/// What is wrong, on its way out of the recursion to read_yaml().
struct Invalid {
  std::string message;
};

std::string shape_of(const YAML::Node& node) {
  if (node.IsScalar()) return '"' + node.Scalar() + '"';
  return node.IsMap() ? "a mapping" : node.IsSequence() ? "a list" : "nothing";
}

class Reader {
 public:
  Reader(std::string name, std::span<const Option> options, const Environment& environment)
      : name_(std::move(name)), options_(options), environment_(environment) {}

  std::vector<Setting> read(const std::string& text) {
    const std::vector<YAML::Node> documents = YAML::LoadAll(text);
    if (documents.size() > 1) throw Invalid{place(documents[1].Mark()) + ": found a second document, expected one"};
    if (!documents.empty()) read_mapping(documents.front(), "");
    return std::move(settings_);
  }

  std::string place(const YAML::Mark& mark) const {
    if (mark.is_null()) return name_;
    return name_ + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
  }

 private:
  /// `parent` is "" or the key of the mapping.
  void read_mapping(const YAML::Node& mapping, const std::string& parent) {
    if (mapping.IsNull()) return;  // everything in it is commented out
    if (!mapping.IsMap()) {
      const std::string here = place(mapping.Mark()) + ": " + (parent.empty() ? "" : parent + ": ");
      throw Invalid{here + "found " + shape_of(mapping) + ", expected a mapping " +
                    (parent.empty() ? "such as \"port: 4000\"" : "with " + keys_below(parent))};
    }
    for (const auto& entry : mapping) read_entry(entry.first, entry.second, parent);
  }

  void read_entry(const YAML::Node& name, const YAML::Node& value, const std::string& parent) {
    if (!name.IsScalar())
      throw Invalid{place(name.Mark()) + ": found " + shape_of(name) + ", expected the name of a setting"};
    const std::string key = parent.empty() ? name.Scalar() : parent + "." + name.Scalar();
    const std::string here = place(name.Mark()) + ": " + key + ": ";
    for (const auto& [earlier, where] : seen_)
      if (earlier == key) throw Invalid{std::string(here).append("given twice; it is set already at ").append(where)};
    seen_.emplace_back(key, place(name.Mark()));

    if (parent.empty() && !keys_below(key).empty()) return read_mapping(value, key);
    for (const Option& option : options_)
      if (option.key == key) {
        if (value.IsNull()) throw Invalid{here + "found no value; write one, or leave the key out"};
        settings_.push_back({&option, text_of(value, option), place(value.Mark())});
        return;
      }
    throw Invalid{here + "unknown key; " + advice(key, parent)};
  }

  std::string advice(const std::string& key, const std::string& parent) const {
    if (const auto meant = nearest_name(key, all_keys())) return "did you mean " + *meant + "?";
    return parent.empty() ? "`suzaku server --help` lists them" : parent + " has " + keys_below(parent);
  }

  std::string text_of(const YAML::Node& value, const Option& option) const {
    if (value.IsScalar()) return expanded(value, option);
    const std::string here = place(value.Mark()) + ": " + option.key + ": ";
    if (value.IsMap() || option.shape != Option::Shape::list)
      throw Invalid{here + "found " + shape_of(value) + ", expected a single value"};
    std::string joined;
    for (const auto& item : value) {
      if (!item.IsScalar()) throw Invalid{place(item.Mark()) + ": " + option.key + ": expected a list of plain values"};
      joined.append(joined.empty() ? "" : ",").append(expanded(item, option));
    }
    return joined;
  }

  std::string expanded(const YAML::Node& scalar, const Option& option) const {
    const auto text = expand(scalar.Scalar(), environment_);
    if (!text) throw Invalid{place(scalar.Mark()) + ": " + option.key + ": " + text.error().message};
    return *text;
  }

  /// Those of mappings too.
  std::vector<std::string> all_keys() const {
    std::vector<std::string> keys;
    for (const Option& option : options_) {
      keys.push_back(option.key);
      if (const auto dot = option.key.find('.'); dot != std::string::npos) keys.push_back(option.key.substr(0, dot));
    }
    return keys;
  }

  std::string keys_below(const std::string& parent) const {
    std::string keys;
    for (const Option& option : options_)
      if (option.key.starts_with(parent + "."))
        keys += (keys.empty() ? "" : ", ") + option.key.substr(parent.size() + 1);
    return keys;
  }

  std::string name_;
  std::span<const Option> options_;
  const Environment& environment_;
  std::vector<Setting> settings_;
  std::vector<std::pair<std::string, std::string>> seen_;  // key, place
};

}  // namespace

Result<std::vector<Setting>> read_yaml(const std::string& text, const std::string& name,
                                       std::span<const Option> options, const Environment& environment) {
  Reader reader(name, options, environment);
  try {
    return reader.read(text);
  } catch (const Invalid& invalid) {
    return failure(invalid.message);
  } catch (const YAML::Exception& invalid) {
    return failure(reader.place(invalid.mark) + ": this is not YAML: " + invalid.msg);
  }
}

Result<std::string> read_text(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file && file.peek() != std::ifstream::traits_type::eof()) text << file.rdbuf();
  if (!file.is_open() || file.bad())
    return failure("cannot read the configuration file " + path + ": " + std::strerror(errno));
  return text.str();
}

}  // namespace suzaku::config
