#include "daemon/control_client.hpp"

#include <cstddef>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace suzaku::daemon {
namespace {

namespace asio = boost::asio;
using Protocol = asio::local::stream_protocol;

Result<std::string> send_line(const std::string& path, const std::string& line) {
  asio::io_context io;
  Protocol::socket socket(io);
  boost::system::error_code failed;
  if (socket.connect(Protocol::endpoint(path), failed))
    return failure("no bridge answers at " + path + " (" + failed.message() +
                   "); is it running? `control` in its configuration, or --socket, says where");
  asio::write(socket, asio::buffer(line + '\n'), failed);  // if that fails, an answer may tell why
  std::string answer;
  asio::read_until(socket, asio::dynamic_buffer(answer), '\n', failed);
  if (failed) return failure("the bridge at " + path + " has ended before it answered");
  return answer;
}

}  // namespace

Result<Json> ask(const std::string& path, const JsonObject& request) {
  if (path.size() > 107) return failure(path + " is no path of a socket: it has more than 107 bytes");
  const auto line = send_line(path, boost::json::serialize(request));
  if (!line) return tl::unexpected(line.error());
  boost::system::error_code failed;
  const Json answer = boost::json::parse(*line, failed);
  const JsonObject* const members = answer.if_object();
  if (failed || !members || !members->contains("ok")) return failure("what answers at " + path + " is no bridge");
  if (const Json* const error = members->if_contains("error"); error && error->is_string())
    return failure(std::string(error->as_string()));
  const Json* const result = members->if_contains("result");
  return result ? *result : Json();
}

}  // namespace suzaku::daemon
