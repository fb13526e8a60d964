#include "client/core/endpoint_url.hpp"

#include <algorithm>

#include <boost/json/parse.hpp>

#include "base/percent_encode.hpp"
#include "client/core/url.hpp"
#include "protocol/json_text.hpp"

namespace suzaku::client::core {
namespace {

constexpr std::string_view kWebSocket = "/websocket";
constexpr std::string_view kLongPoll = "/longpoll";

std::string string_of(std::string_view json) {
  const auto value = boost::json::parse(boost::json::string_view(json.data(), json.size()));
  return std::string(value.get_string());
}

/// Writes the members of a JSON object as a query. Works on the text, so that numbers keep their spelling.
class QueryWriter {
 public:
  explicit QueryWriter(std::string& query) noexcept : query_(query) {}

  void add(std::string_view encoded_name, std::string_view value) {
    if (!query_.empty() && query_.back() != '&') query_ += '&';
    query_ += encoded_name;
    query_ += '=';
    query_ += percent_encode(value);
  }

  Result<void> add_object(protocol::JsonCursor& at, const std::string& name) {
    for (at.take(); at.peek() != '}';) {
      const std::string key = string_of(at.value());
      at.take();  // the colon
      if (!name.empty() && key.empty())
        return failure("params: a member within \"" + name + "\" has no name, which a query reads as a list: name it");
      std::string full = percent_encode(key);
      if (!name.empty()) full = std::string(name).append("%5B").append(full).append("%5D");
      if (auto added = add_value(at, full); !added) return added;
      if (at.peek() == ',') at.take();
    }
    at.take();
    return {};
  }

 private:
  Result<void> add_value(protocol::JsonCursor& at, const std::string& name) {
    switch (at.peek()) {
      case '{':
        return add_object(at, name);
      case '[':
        return add_list(at, name);
      default:
        add_scalar(at, name);
        return {};
    }
  }

  Result<void> add_list(protocol::JsonCursor& at, const std::string& name) {
    for (at.take(); at.peek() != ']';) {
      if (at.peek() == '{' || at.peek() == '[')
        return failure("params: the list \"" + name +
                       "\" holds a list or an object, which a query cannot say: expected strings, numbers, booleans "
                       "and null (send it as a string of JSON, or in the params of a join)");
      add_scalar(at, name + "%5B%5D");
      if (at.peek() == ',') at.take();
    }
    at.take();
    return {};
  }

  void add_scalar(protocol::JsonCursor& at, const std::string& name) {
    const char first = at.peek();
    const std::string_view json = at.value();
    add(name, first == '"' ? string_of(json) : first == 'n' ? "" : std::string(json));
  }

  std::string& query_;
};

/// "/socket", "/socket/" and "/socket/websocket" to "/socket/websocket" or "/socket/longpoll".
std::string transport_path(std::string_view path, TransportKind transport) {
  while (path.ends_with('/')) path.remove_suffix(1);
  for (const std::string_view end : {kWebSocket, kLongPoll}) {
    if (!path.ends_with(end)) continue;
    path.remove_suffix(end.size());
    break;
  }
  return std::string(path) += transport == TransportKind::websocket ? kWebSocket : kLongPoll;
}

}  // namespace

Result<std::string> endpoint_url(std::string_view text, TransportKind transport, const Payload& params,
                                 std::string_view vsn) {
  auto url = parse_url(text);
  if (!url) return tl::unexpected(url.error());
  if (params.is_binary() || !params.is_object())
    return failure(std::string("params are ") + (params.is_binary() ? "binary" : "no JSON object") +
                   ": expected a JSON object, such as {\"token\": \"...\"}");

  const std::string_view path = std::string_view(url->path_and_query).substr(0, url->path_and_query.find('?'));
  std::string query = url->path_and_query.substr(std::min(path.size() + 1, url->path_and_query.size()));
  QueryWriter writer(query);
  protocol::JsonCursor at(params.raw());
  if (auto added = writer.add_object(at, ""); !added) return tl::unexpected(added.error());
  writer.add("vsn", vsn);
  url->path_and_query = transport_path(path, transport) + '?' + query;
  return url->text();
}

}  // namespace suzaku::client::core
