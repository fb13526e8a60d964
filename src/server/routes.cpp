#include "server/routes.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "http/query.hpp"
#include "protocol/json_text.hpp"

namespace suzaku::server {
namespace {

[[noreturn]] void refuse(std::string_view path, std::string_view why) {
  throw std::invalid_argument("\"" + std::string(path) + "\": " + std::string(why));
}

/// Paths of pages are compared as they come, byte by byte.
void require_sendable(std::string_view path) {
  if (!path.starts_with('/')) refuse(path, "a path begins with a slash, such as \"/hello\"");
  if (path.find_first_of("?#") != path.npos) refuse(path, "a path has no query and no fragment");
  if (std::ranges::any_of(path, [](char c) { return c <= ' ' || c > '~'; }))
    refuse(path, "no request has such characters in its path; percent-encode them (\"%20\" is a space)");
}

}  // namespace

Mount& Routes::add_socket(std::string_view path, SocketFactory factory, SocketOptions options) {
  require_open();
  if (!factory) throw std::invalid_argument("a socket needs a factory");
  auto mount = std::make_unique<Mount>(path, std::move(factory), std::move(options));
  for (const auto& earlier : mounts_)
    if (earlier->covers(*mount)) refuse(mount->path(), "a socket that takes all of its requests is mounted already");
  const auto is_taken = [&](const auto& page) { return mount->pattern().covers(http::PathPattern(page.first)); };
  if (http_.is_within(mount->pattern()) || std::ranges::any_of(pages_, is_taken))
    refuse(mount->path(), "a handler or page is at this path already");
  longest_ = std::max(longest_, mount->pattern().size());
  return *mounts_.emplace_back(std::move(mount));
}

void Routes::add_channel(Mount& mount, std::string_view pattern, ChannelFactory factory, ChannelOptions options) {
  require_open();
  if (!factory) throw std::invalid_argument("a channel needs a factory");
  protocol::require_utf8(pattern);
  if (pattern.size() - (pattern.ends_with('*') ? 1 : 0) > mount.options().max_topic_size)
    throw std::invalid_argument("the topic pattern \"" + std::string(pattern) + "\" is longer than max_topic_size");
  mount.router().add(pattern, std::move(factory), std::move(options));
}

void Routes::add_handler(std::string_view method, std::string_view path, HttpHandler handler,
                         HttpRouteOptions options) {
  require_open();
  if (!handler) throw std::invalid_argument("the handler of \"" + std::string(path) + "\" is empty");
  require_sendable(path);
  const http::PathPattern pattern(path);
  require_no_socket(path, pattern);
  const auto is_taken = [&](const auto& page) { return pattern.is_same_as(http::PathPattern(page.first)); };
  if (std::ranges::any_of(pages_, is_taken)) refuse(path, "a page is at this path already");
  http_.add(method, path, std::move(handler), std::move(options));
  longest_ = std::max(longest_, pattern.size());
}

void Routes::add_page(const StaticPage& page) {
  require_open();
  require_sendable(page.path);
  const http::PathPattern pattern(page.path);
  require_no_socket(page.path, pattern);
  if (pages_.contains(page.path) || http_.has(pattern)) refuse(page.path, "a handler or page is at this path already");
  pages_.emplace(page.path, page);
}

Routes::Target Routes::find(std::string_view path) const {
  if (!path.starts_with('/')) return {};  // "*", or the target of CONNECT
  const auto segments = http::path_segments(path, longest_);
  for (const auto& mount : mounts_)
    if (auto variables = mount->match(segments)) return SocketMatch{*mount, *std::move(variables)};
  if (const auto page = pages_.find(path); page != pages_.end()) return &page->second;
  if (auto handlers = http_.find(segments); !handlers.empty()) return handlers;
  return {};
}

void Routes::require_open() const {
  if (sealed_) throw std::logic_error("sockets, channels, handlers and pages are mounted before the endpoint starts");
}

void Routes::require_no_socket(std::string_view path, const http::PathPattern& pattern) const {
  if (std::ranges::any_of(mounts_, [&](const auto& mount) { return mount->pattern().covers(pattern); }))
    refuse(path, "a socket that is mounted already takes all requests to this path");
}

}  // namespace suzaku::server
