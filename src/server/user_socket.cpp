#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include <suzaku/server/user_socket.hpp>

namespace suzaku::server {

ConnectResult UserSocket::connect(const ConnectInfo&) {
  return accept();
}
std::string UserSocket::id() const {
  return {};
}

std::string UserSocket::user() const {
  return {};
}

std::optional<std::string> RequestInfo::param(std::string_view key) const {
  const Json* value = params.if_contains(boost::json::string_view(key.data(), key.size()));
  if (!value || !value->is_string()) return std::nullopt;
  return std::string(value->get_string().data(), value->get_string().size());
}

const std::string* RequestInfo::header(std::string_view name) const noexcept {
  for (const auto& [header, value] : headers)
    if (header == name) return &value;
  return nullptr;
}

}  // namespace suzaku::server
