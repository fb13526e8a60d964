#include "config/server_config.hpp"

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "config/document.hpp"
#include "config/mapping.hpp"
#include "net/listener.hpp"
#include "net/tls.hpp"

namespace suzaku::config {
namespace {

/// Two settings that do not go together. The message follows the first key.
struct Conflict {
  std::string key, message, other;
};

std::vector<Conflict> conflicts_in(const ServerConfig& config) {
  std::vector<Conflict> found;
  const std::string frame = "socket.max_frame_size";
  const std::string unfinished = "max_unfinished_bytes";
  const std::size_t most = config.endpoint.max_unfinished_bytes;
  if (config.socket.compress && config.socket.max_frame_size > most / 2)
    found.push_back(
        {frame,
         "is more than half of " + unfinished + ": a compressed message may be held twice, as it came and inflated",
         unfinished});
  else if (config.socket.max_frame_size > most)
    found.push_back({frame, "is more than " + unfinished + ": no such message could come whole", unfinished});
  const auto& tls = config.endpoint.tls;
  if (tls && tls->key_file.empty())
    found.push_back({"tls.certificate", "is set without tls.key; set both, or none", "tls.key"});
  if (tls && tls->certificate_file.empty())
    found.push_back({"tls.key", "is set without tls.certificate; set both, or none", "tls.certificate"});
  return found;
}

/// A file of a server, and its sections by name: mappings of options.
class ServerFile {
 public:
  explicit ServerFile(const Value& root) : root_(root), sections_{{"", Mapping(root)}} {}

  /// Lays what the file says over the configuration.
  void apply(ServerConfig& config) {
    std::vector<std::string> keys;
    for (const Option& option : server_options()) {
      keys.push_back(option.key);
      const auto value = find(option.key);
      if (!value) continue;
      const auto set = [&](std::string_view text) { return option.set(config, text); };
      const bool is_good = option.shape == Option::Shape::list ? value->read_list(set) : value->read(set);
      if (!is_good) wrong_.insert(option.key);
    }
    for (const auto& [name, section] : sections_) section.finish(keys);
  }

  /// Complains of what would keep the server from starting. The configuration must live until the looks were run.
  void look(const ServerConfig& config) {
    if (root_.reading().depth() != Depth::machine) return;
    for (const Conflict& conflict : conflicts_in(config)) {
      if (wrong_.contains(conflict.key) || wrong_.contains(conflict.other)) continue;
      const auto first = find(conflict.key);
      const auto value = first ? first : find(conflict.other);
      root_.reading().complain((value ? *value : root_).node().place, "", conflict.key + ' ' + conflict.message);
    }
    const server::EndpointOptions& options = config.endpoint;
    const auto host = find("host");
    if (const auto address = host ? host : find("port"))
      address->look([&options] { return net::Listener::check_address(options.host, options.port); });
    const auto tls = find("tls");
    if (tls && options.tls && !options.tls->certificate_file.empty() && !options.tls->key_file.empty())
      tls->look([&options] {
        return net::TlsContext::load(options.tls->certificate_file, options.tls->key_file).map([](const auto&) {});
      });
  }

 private:
  std::optional<Value> find(std::string_view key) {
    const auto dot = key.find('.');
    const std::string name(dot == key.npos ? "" : key.substr(0, dot));
    auto section = sections_.find(name);
    if (section == sections_.end()) {
      const auto value = sections_.at("").find(name);
      if (!value) return {};
      section = sections_.emplace(name, *value).first;
    }
    return section->second.find(key.substr(dot + 1));
  }

  Value root_;
  std::map<std::string, Mapping> sections_;  // "": the file
  std::set<std::string> wrong_;              // keys of values that were complained of
};

}  // namespace

Mistakes apply_yaml(ServerConfig& config, const std::string& text, const std::string& name,
                    const Environment& environment, Depth depth) {
  const auto read = [&](const Value& root) {
    ServerFile file(root);
    file.apply(config);
    file.look(config);
  };
  return read_document(text, name, environment, read, depth);
}

Mistakes apply_file(ServerConfig& config, const std::string& path, const Environment& environment) {
  const auto text = read_file(path);
  return text ? apply_yaml(config, *text, path, environment) : text.error();
}

Result<void> apply_flag(ServerConfig& config, const Option& option, std::string_view value) {
  if (const auto done = option.set(config, value); !done) return failure(option.flag() + ": " + done.error().message);
  return {};
}

Result<void> check(const ServerConfig& config) {
  const auto conflicts = conflicts_in(config);
  if (conflicts.empty()) return {};
  return failure(conflicts.front().key + ' ' + conflicts.front().message);
}

std::string_view yaml_example() {
  return R"(port: ${PORT:-4000}
check_origin:
  - https://example.com
  - //*.example.com
socket:
  idle_timeout: 60s
drain:
  deadline: 30s
log:
  format: json
)";
}

}  // namespace suzaku::config
