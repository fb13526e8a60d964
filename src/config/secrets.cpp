#include "config/secrets.hpp"

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

void Secrets::add_from(const Json& params) {
  if (params.is_array()) {
    for (const Json& element : params.get_array()) add_from(element);
  } else if (params.is_object()) {
    for (const auto& [name, value] : params.get_object()) {
      if (value.is_string() && protocol::is_secret(name, names_)) add(std::string(value.get_string()));
      add_from(value);
    }
  }
}

std::string Secrets::hide(std::string_view text) const {
  std::string shown(text);
  const std::lock_guard lock(mutex_);
  for (const std::string& value : values_) boost::algorithm::replace_all(shown, value, "[redacted]");
  return shown;
}

}  // namespace suzaku::config
