#include "config/secrets.hpp"

#include <algorithm>
#include <utility>

#include <boost/algorithm/string/replace.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "client/core/authorization.hpp"
#include "client/core/url.hpp"
#include "client/transport/proxy.hpp"
#include "http/query.hpp"
#include "protocol/redact.hpp"

namespace suzaku::config {

void Secrets::add(const std::string& value) {
  if (value.size() < kShortest) return;
  const std::lock_guard lock(mutex_);
  values_.insert(value);
}

void Secrets::add(const std::vector<std::string>& values) {
  for (const std::string& value : values) add(value);
}

void Secrets::replace(const std::string& source, std::vector<std::string> values) {
  std::erase_if(values, [](const std::string& value) { return value.size() < kShortest; });
  const std::lock_guard lock(mutex_);
  std::vector<std::string>& current = by_source_[source];
  std::swap(current, values);
  for (std::string& old : values) {
    if (std::ranges::find(current, old) != current.end()) continue;
    std::erase(replaced_, old);
    replaced_.push_back(std::move(old));
    if (replaced_.size() > kMostReplaced) replaced_.pop_front();
  }
}

std::vector<std::string> Secrets::secrets_in(const Json& params) const {
  std::vector<std::string> found;
  const auto add_all = [&](const Json& part) {
    for (std::string& secret : secrets_in(part)) found.push_back(std::move(secret));
  };
  if (params.is_array()) {
    for (const Json& element : params.get_array()) add_all(element);
  } else if (params.is_object()) {
    for (const auto& [name, value] : params.get_object()) {
      if (value.is_string() && protocol::is_secret(name, names_)) found.emplace_back(value.get_string());
      add_all(value);
    }
  }
  return found;
}

std::vector<std::string> Secrets::secrets_in(const std::vector<client::Header>& headers) const {
  std::vector<std::string> found;
  for (const auto& [name, value] : headers) {
    if (!protocol::is_secret(name, names_)) continue;
    found.push_back(value);
    if (const std::size_t space = value.find(' '); space != value.npos) found.push_back(value.substr(space + 1));
  }
  return found;
}

std::vector<std::string> Secrets::secrets_in_url(std::string_view url) const {
  std::vector<std::string> found;
  const std::string whole = (url.find("://") == url.npos ? "http://" : "") + std::string(url);
  const auto parsed = client::core::parse_url(whole);
  if (!parsed) return found;
  const auto add = [&](std::string_view written, bool plus_is_space) {
    found.emplace_back(written);
    found.push_back(http::percent_decode(written, plus_is_space));
  };
  if (const std::string_view user_info = parsed->user_info; !user_info.empty()) {
    const std::size_t colon = std::min(user_info.find(':'), user_info.size());
    const bool has_password = colon + 1 < user_info.size();
    add(has_password ? user_info.substr(colon + 1) : user_info.substr(0, colon), false);
    found.push_back(client::core::basic_authorization(user_info).substr(std::string_view("Basic ").size()));
  }
  std::string_view rest = parsed->path_and_query;
  rest.remove_prefix(std::min(rest.find('?'), rest.size()));
  while (!rest.empty()) {
    rest.remove_prefix(1);  // "?" or "&"
    const std::string_view parameter = rest.substr(0, rest.find('&'));
    rest.remove_prefix(parameter.size());
    const std::size_t equals = parameter.find('=');
    if (equals != parameter.npos &&
        protocol::is_secret(http::percent_decode(parameter.substr(0, equals), true), names_))
      add(parameter.substr(equals + 1), true);
  }
  return found;
}

std::vector<std::string> Secrets::secrets_in_environment() const {
  std::vector<std::string> found;
  for (const std::string& proxy : client::transport::proxies_in(client::transport::system_environment))
    for (std::string& secret : secrets_in_url(proxy)) found.push_back(std::move(secret));
  return found;
}

std::string Secrets::hide(std::string_view text) const {
  std::string shown(text);
  const auto hide_all = [&](const auto& values) {
    for (const std::string& value : values) boost::algorithm::replace_all(shown, value, "[redacted]");
  };
  const std::lock_guard lock(mutex_);
  hide_all(replaced_);
  for (const auto& [source, values] : by_source_) hide_all(values);
  hide_all(values_);
  return shown;
}

}  // namespace suzaku::config
