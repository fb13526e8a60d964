#include "server/mount.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "http/query.hpp"
#include "server/origin.hpp"

namespace suzaku::server {
namespace {

bool is_variable(std::string_view segment) noexcept {
  return segment.starts_with(':');
}

/// A part of a socket's path: "" or "/...".
void require_path(std::string_view path) {
  if (!path.empty() && !path.starts_with('/'))
    throw std::invalid_argument("\"" + std::string(path) + "\": a path begins with a slash, such as \"/socket\"");
  if (path.find_first_of("?#") != path.npos)
    throw std::invalid_argument("\"" + std::string(path) + "\": a path has no query and no fragment");
}

}  // namespace

Mount::Mount(std::string_view path, SocketFactory factory, SocketOptions options)
    : path_(std::string(path) + options.path),
      segments_(http::path_segments(path_)),
      factory_(std::move(factory)),
      options_(std::move(options)) {
  require_path(path);
  require_path(options_.path);
  if (segments_.empty()) throw std::invalid_argument("a socket needs a path, such as \"/socket\"");
  if (options_.max_channels == 0) throw std::invalid_argument("max_channels must be at least 1");
  if (options_.max_frame_size == 0) throw std::invalid_argument("max_frame_size must be at least 1 byte");
  if (options_.max_topic_size == 0) throw std::invalid_argument("max_topic_size must be at least 1 byte");
  if (options_.check_origin) require_valid(*options_.check_origin);
  if (options_.idle_timeout.count() <= 0) throw std::invalid_argument("idle_timeout must be more than 0 ms");
}

std::size_t Mount::max_head() const noexcept {
  constexpr std::size_t kTimes = 8;  // a join that is a little too long is still below this, and gets an answer
  const std::size_t longest = std::min(options_.max_topic_size, options_.max_frame_size);
  return longest > std::numeric_limits<std::size_t>::max() / kTimes ? longest : kTimes * longest;
}

std::optional<Mount::Variables> Mount::match(const std::vector<std::string>& segments) const {
  if (segments.size() != segments_.size()) return std::nullopt;
  Variables variables;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (is_variable(segments_[i])) {
      variables.emplace_back(segments_[i].substr(1), segments[i]);
    } else if (segments_[i] != segments[i]) {
      return std::nullopt;
    }
  }
  return variables;
}

bool Mount::covers(const Mount& other) const {
  return std::ranges::equal(segments_, other.segments_, [](const std::string& mine, const std::string& others) {
    return is_variable(mine) || mine == others;
  });
}

}  // namespace suzaku::server
