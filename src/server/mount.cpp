#include "server/mount.hpp"

#include <stdexcept>

#include "http/query.hpp"
#include "server/origin.hpp"

namespace suzaku::server {

Mount::Mount(std::string_view path, SocketFactory factory, SocketOptions options)
    : segments_(http::path_segments(std::string(path) + "/" + options.path)),
      factory_(std::move(factory)),
      options_(std::move(options)) {
  if (segments_.empty()) throw std::invalid_argument("a socket needs a path, such as \"/socket\"");
  if (options_.max_channels == 0) throw std::invalid_argument("max_channels must be at least 1");
  if (options_.max_frame_size == 0) throw std::invalid_argument("max_frame_size must be at least 1 byte");
  if (options_.max_topic_size == 0) throw std::invalid_argument("max_topic_size must be at least 1 byte");
  if (options_.check_origin) require_valid(*options_.check_origin);
  if (options_.idle_timeout.count() <= 0) throw std::invalid_argument("idle_timeout must be more than 0 ms");
}

std::optional<Mount::Variables> Mount::match(const std::vector<std::string>& segments) const {
  if (segments.size() != segments_.size()) return std::nullopt;
  Variables variables;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (segments_[i].starts_with(':')) {
      variables.emplace_back(segments_[i].substr(1), segments[i]);
    } else if (segments_[i] != segments[i]) {
      return std::nullopt;
    }
  }
  return variables;
}

}  // namespace suzaku::server
