#include "server/activity_log.hpp"

#include <chrono>

#include <boost/json/serialize.hpp>

#include <suzaku/server/user_socket.hpp>

#include "base/printable.hpp"
#include "protocol/redact.hpp"
#include "server/socket.hpp"

namespace suzaku::server {
namespace {

constexpr std::size_t kLongestName = 200;           // bytes of a topic or event
constexpr std::size_t kLongestParameters = 16'384;  // bytes; of longer ones the log shows only how long they are

std::string size_of(std::string_view bytes) {
  return fmt::format("of {} bytes", bytes.size());
}

}  // namespace

std::string in_log(std::string_view name) {
  return printable(name, kLongestName);
}

std::string in_log(const net::Address& client, const UserSocket& user) {
  const std::string person = user.user();
  return client.text() + (person.empty() ? "" : ", user " + in_log(person));
}

void ActivityLog::connected(Begin begin, std::string_view path, const net::Address& client, const UserSocket* user,
                            const JsonObject& params, protocol::Version version) {
  if (!begin) return;
  log_.debug("{} {} in {}: client {}, transport websocket, serializer {}, parameters {}",
             user ? "CONNECTED TO" : "REFUSED CONNECTION TO", path, time_since(*begin),
             user ? in_log(client, *user) : client.text(), version == protocol::Version::v1 ? "V1" : "V2",
             shown(boost::json::serialize(params)));
}

void ActivityLog::joined(Begin begin, std::string_view topic, const Payload& params, const Socket& socket,
                         bool is_accepted) {
  if (!begin) return;
  log_.debug("{} {} in {}: client {}, parameters {}", is_accepted ? "JOINED" : "REFUSED JOIN OF", in_log(topic),
             time_since(*begin), socket.client(), shown(params));
}

void ActivityLog::handled(Begin begin, const protocol::Message& message, const Socket& socket) {
  if (!begin) return;
  log_.debug("HANDLED {} INCOMING ON {} in {}: client {}, parameters {}", in_log(message.event.json),
             in_log(message.topic.json), time_since(*begin), socket.client(), shown(message.payload));
}

std::string ActivityLog::time_since(net::TimePoint begin) const {
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(loop_.now() - begin).count();
  return took < 10'000 ? fmt::format("{}us", took) : fmt::format("{}ms", took / 1000);
}

std::string ActivityLog::shown(const Payload& payload) const {
  return payload.is_binary() ? size_of(payload.raw()) : shown(payload.raw());
}

std::string ActivityLog::shown(std::string_view json) const {
  return json.size() > kLongestParameters ? size_of(json)
                                          : protocol::redact_json(json, filter_parameters_, "[FILTERED]");
}

}  // namespace suzaku::server
