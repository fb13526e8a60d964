#include "server/mount.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "server/origin.hpp"

namespace suzaku::server {
namespace {

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
      pattern_(path_),
      factory_(std::move(factory)),
      options_(std::move(options)) {
  require_path(path);
  require_path(options_.path);
  if (pattern_.is_root()) throw std::invalid_argument("a socket needs a path, such as \"/socket\"");
  if (options_.max_channels == 0) throw std::invalid_argument("max_channels must be at least 1");
  if (options_.max_frame_size == 0) throw std::invalid_argument("max_frame_size must be at least 1 byte");
  if (options_.max_topic_size == 0) throw std::invalid_argument("max_topic_size must be at least 1 byte");
  if (options_.check_origin) require_valid(*options_.check_origin);
  if (options_.join_timeout.count() <= 0) throw std::invalid_argument("join_timeout must be more than 0 ms");
  if (options_.idle_timeout.count() <= 0) throw std::invalid_argument("idle_timeout must be more than 0 ms");
}

std::size_t Mount::max_head() const noexcept {
  constexpr std::size_t kTimes = 8;  // a join that is a little too long is still below this, and gets an answer
  const std::size_t longest = std::min(options_.max_topic_size, options_.max_frame_size);
  return longest > std::numeric_limits<std::size_t>::max() / kTimes ? longest : kTimes * longest;
}

}  // namespace suzaku::server
