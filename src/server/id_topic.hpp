#pragma once

#include <string>
#include <string_view>

/// The topic by which all connections of an id (UserSocket::id()) are ended. It is not UTF-8, so no
/// client can join it: what a channel broadcasts for its client never ends the connections of others.
namespace suzaku::server {

inline constexpr char kIdTopicMark = '\xff';

inline std::string id_topic(std::string_view id) {
  return kIdTopicMark + std::string(id);
}

inline std::string_view id_of(std::string_view id_topic) {
  return id_topic.substr(1);
}

}  // namespace suzaku::server
