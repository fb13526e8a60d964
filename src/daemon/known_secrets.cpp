#include "daemon/known_secrets.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace suzaku::daemon {
namespace {

using Found = std::vector<std::string>;

/// `find` returns the secrets in a value. `name`: of the source.
template <class Value, class Attempt, class Find>
void watch(client::Source<Value, Attempt>& source, std::string name, config::Secrets& secrets, Find find) {
  if (const auto* const function = source.function()) {
    source = [function = *function, name = std::move(name), &secrets, find](const Attempt& attempt) {
      auto value = function(attempt);
      if (value) secrets.replace(name, find(*value));
      return value;
    };
  } else {
    secrets.add(find(source.value()));
  }
}

}  // namespace

void add_secrets(bridge::ConnectionOptions& options, config::Secrets& secrets) {
  const auto in_token = [](const std::string& token) { return Found{token}; };
  const auto in_params = [&secrets](const Payload& params) { return secrets.secrets_in(params.json()); };
  const auto in_headers = [&secrets](const std::vector<client::Header>& headers) {
    return secrets.secrets_in(headers);
  };
  const auto in_proxy = [&secrets](const std::optional<std::string>& proxy) {
    return secrets.secrets_in_url(proxy.value_or(""));
  };
  secrets.add(secrets.secrets_in_environment());
  secrets.add(secrets.secrets_in_url(options.uri));
  watch(options.auth_token, options.name + ".auth_token", secrets, in_token);
  watch(options.params, options.name + ".params", secrets, in_params);
  watch(options.headers, options.name + ".headers", secrets, in_headers);
  watch(options.socket.proxy, options.name + ".proxy", secrets, in_proxy);
  for (auto& [topic, params] : options.auto_join_channels)
    watch(params, options.name + ".channels." + topic, secrets, in_params);
}

}  // namespace suzaku::daemon
