#include "config/secrets.hpp"

#include <algorithm>
#include <utility>

#include <boost/algorithm/string/replace.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "protocol/redact.hpp"

namespace suzaku::config {

void Secrets::add(const std::string& value) {
  if (value.size() < kShortest) return;
  const std::lock_guard lock(mutex_);
  values_.insert(value);
}

void Secrets::add_rotated(const std::string& value) {
  if (value.size() < kShortest) return;
  const std::lock_guard lock(mutex_);
  if (values_.contains(value) || std::ranges::find(rotated_, value) != rotated_.end()) return;
  rotated_.push_back(value);
  if (rotated_.size() > kMostRotated) rotated_.pop_front();
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

void Secrets::add_from(const Json& params) {
  for (const std::string& secret : secrets_in(params)) add(secret);
}

std::string Secrets::hide(std::string_view text) const {
  std::string shown(text);
  const std::lock_guard lock(mutex_);
  for (const std::string& value : rotated_) boost::algorithm::replace_all(shown, value, "[redacted]");
  for (const std::string& value : values_) boost::algorithm::replace_all(shown, value, "[redacted]");
  return shown;
}

}  // namespace suzaku::config
