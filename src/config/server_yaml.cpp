#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/document.hpp"
#include "config/mapping.hpp"
#include "config/server_config.hpp"
#include "net/listener.hpp"
#include "net/tls.hpp"

namespace suzaku::config {
namespace {

using Shape = Option::Shape;

/// The text of a single value; of a list, its values joined by commas.
std::optional<Text> joined_text(const Value& value) {
  if (!value.is(YamlNode::Kind::list)) return value.text();
  Text joined;
  for (const Value& item : value.items()) {
    const auto text = item.text();
    if (!text) return {};
    joined.value.append(joined.value.empty() ? "" : ",").append(text->value);
    joined.written.append(joined.written.empty() ? "" : ",").append(text->written);
  }
  return joined;
}

void apply(ServerConfig& config, const Option& option, const Value& value) {
  const auto text = option.shape == Shape::list ? joined_text(value) : value.text();
  if (!text) return;
  if (const auto done = option.set(config, text->value); !done) value.complain(shown(*text, done.error()));
}

/// Those that the keys of options begin with: "socket".
std::set<std::string> parents() {
  std::set<std::string> names;
  for (const Option& option : server_options())
    if (const auto dot = option.key.find('.'); dot != std::string::npos) names.insert(option.key.substr(0, dot));
  return names;
}

/// What would keep the server from starting. The options must live until all was read.
void look(const server::EndpointOptions& options, Mapping& file) {
  const auto host = file.find("host");
  if (const auto address = host ? host : file.find("port"))
    address->look([&options] { return net::Listener::check_address(options.host, options.port); });
  const auto tls = file.find("tls");
  if (tls && options.tls && !options.tls->certificate_file.empty() && !options.tls->key_file.empty())
    tls->look([&options] {
      return net::TlsContext::load(options.tls->certificate_file, options.tls->key_file).map([](const auto&) {});
    });
}

void apply(ServerConfig& config, const Value& root) {
  Mapping file(root);
  std::vector<std::string> keys;
  for (const Option& option : server_options()) {
    keys.push_back(option.key);
    if (option.key.find('.') != std::string::npos) continue;
    if (const auto value = file.find(option.key)) apply(config, option, *value);
  }
  for (const std::string& parent : parents()) {
    const auto found = file.find(parent);
    if (!found) continue;
    Mapping mapping(*found);
    for (const Option& option : server_options()) {
      if (!option.key.starts_with(parent + '.')) continue;
      if (const auto value = mapping.find(option.key.substr(parent.size() + 1))) apply(config, option, *value);
    }
    mapping.finish(keys);
  }
  file.finish(keys);
  look(config.endpoint, file);
}

}  // namespace

Mistakes apply_yaml(ServerConfig& config, const std::string& text, const std::string& name,
                    const Environment& environment, Depth depth) {
  return read_document(text, name, environment, [&](const Value& file) { apply(config, file); }, depth);
}

Mistakes apply_file(ServerConfig& config, const std::string& path, const Environment& environment) {
  const auto text = read_file(path);
  if (!text) return text.error();
  return apply_yaml(config, *text, path, environment);
}

}  // namespace suzaku::config
