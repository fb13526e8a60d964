#include "daemon/control_client.hpp"

#include <cstddef>
#include <optional>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "config/values.hpp"

namespace suzaku::daemon {
namespace {

namespace asio = boost::asio;
using Protocol = asio::local::stream_protocol;

constexpr std::size_t kLongestPath = 107;  // the limit of the system
constexpr std::size_t kMaxDepth = 1024;    // the same as for a payload

/// One request and its answer, on an event loop of its own that runs for a limited time.
class Exchange {
 public:
  Exchange(const std::string& path, std::string request) : path_(path), request_(std::move(request)) {
    socket_.async_connect(Protocol::endpoint(path), [this](Code failed) { on_connect(failed); });
  }

  Result<std::string> run(std::chrono::milliseconds timeout) {
    io_.run_for(timeout);
    if (answer_) return *std::move(answer_);
    return failure(ErrorCode::timeout, "the bridge at " + path_ + " did not answer within " +
                                           config::print_time(timeout) + "; it may still do what it was asked for");
  }

 private:
  using Code = boost::system::error_code;

  void on_connect(Code failed) {
    if (failed == asio::error::access_denied) {
      answer_ = failure(ErrorCode::refused,
                        "the socket " + path_ + " belongs to another user; run this as that user, or as root");
      return;
    }
    if (failed) {
      answer_ = failure(ErrorCode::unavailable,
                        "no bridge answers at " + path_ + " (" + failed.message() +
                            "); is it running? `control` in its configuration, or --socket, says where");
      return;
    }
    asio::async_write(socket_, asio::buffer(request_),
                      [this](Code, std::size_t) { read(); });  // the answer may contain the reason
  }

  void read() {
    asio::async_read_until(socket_, asio::dynamic_buffer(received_, kLargestControlAnswer), '\n',
                           [this](Code failed, std::size_t) { on_answer(failed); });
  }

  void on_answer(Code failed) {
    if (!failed) {
      answer_ = std::move(received_);
    } else if (failed == asio::error::not_found) {
      answer_ = failure(ErrorCode::too_large, "the answer at " + path_ + " has more than " +
                                                  std::to_string(kLargestControlAnswer) + " bytes");
    } else {
      answer_ = failure(ErrorCode::unavailable, "the bridge at " + path_ + " has ended before it answered");
    }
  }

  asio::io_context io_;
  Protocol::socket socket_{io_};
  const std::string path_;
  const std::string request_;
  std::string received_;
  std::optional<Result<std::string>> answer_;
};

}  // namespace

Result<Json> ask(const std::string& path, const JsonObject& request, std::chrono::milliseconds timeout) {
  if (path.size() > kLongestPath)
    return failure(ErrorCode::too_large,
                   path + " is no path of a socket: it has more than " + std::to_string(kLongestPath) + " bytes");
  const auto line = Exchange(path, boost::json::serialize(request) + '\n').run(timeout);
  if (!line) return tl::unexpected(line.error());
  boost::json::parse_options options;
  options.max_depth = kMaxDepth;
  boost::system::error_code failed;
  const Json answer = boost::json::parse(*line, failed, {}, options);
  const JsonObject* const members = failed ? nullptr : answer.if_object();
  const Json* const ok = members ? members->if_contains("ok") : nullptr;
  const Json* const told = ok && ok->is_bool() ? members->if_contains(ok->get_bool() ? "result" : "error") : nullptr;
  if (!told || (!ok->get_bool() && !told->is_string()))
    return failure(ErrorCode::invalid, "what answers at " + path + " is no bridge");
  if (!ok->get_bool()) return failure(ErrorCode::refused, std::string(told->get_string()));
  return *told;
}

}  // namespace suzaku::daemon
