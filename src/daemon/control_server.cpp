#include "daemon/control_server.hpp"

#include <cerrno>
#include <cstddef>
#include <exception>
#include <system_error>
#include <thread>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.hpp"
#include "base/system_code.hpp"

namespace suzaku::daemon {
namespace {

namespace asio = boost::asio;
using Protocol = asio::local::stream_protocol;

constexpr std::size_t kMaxLine = 4 << 20;
constexpr std::size_t kMaxClients = 16;  // each may occupy a thread while its answer is made

constexpr std::string_view kTooMany = "too many clients ask at the same time";
constexpr std::string_view kTooLong = "a request may have at most 4 MiB";

/// Whether a program listens at this path.
bool is_answered(asio::io_context& io, const std::string& path) {
  boost::system::error_code failed;
  Protocol::socket socket(io);
  return !socket.connect(Protocol::endpoint(path), failed);
}

bool is_socket(const std::string& path) {
  struct stat found{};
  return ::lstat(path.c_str(), &found) == 0 && S_ISSOCK(found.st_mode);
}

}  // namespace

class ControlServer::Impl {
 public:
  Impl(Answer answer, ControlLimits limits) : answer_(std::move(answer)), limits_(limits) {}

  ~Impl() {
    io_.stop();
    if (thread_.joinable()) thread_.join();
    pool_.join();
    if (!path_.empty() && ::unlink(path_.c_str()) != 0)
      log::warning("cannot remove {}: {}", path_, std::generic_category().message(errno));
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Result<void> listen(const std::string& path) {
    if (path.size() > 107)
      return failure(ErrorCode::too_large, "cannot listen on " + path + ": a path of at most 107 bytes is expected");
    if (is_socket(path)) {
      if (is_answered(io_, path))
        return failure(ErrorCode::busy, "cannot listen on " + path + ": another bridge answers there");
      if (::unlink(path.c_str()) != 0)
        return failure(system_code(errno), "cannot remove " + path + ": " + std::generic_category().message(errno));
    }
    boost::system::error_code failed;
    if (acceptor_.open(Protocol(), failed) || acceptor_.bind(Protocol::endpoint(path), failed))
      return failure(system_code(failed.value()),
                     "cannot listen on " + path + ": " + failed.message() + "; set `control` to another path");
    path_ = path;
    // No client can connect before listen().
    if (::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0)
      return failure(system_code(errno),
                     "cannot keep " + path + " to ourselves: " + std::generic_category().message(errno));
    if (acceptor_.listen(asio::socket_base::max_listen_connections, failed))
      return failure(system_code(failed.value()), "cannot listen on " + path + ": " + failed.message());
    asio::co_spawn(io_, accept(), asio::detached);
    thread_ = std::thread([this] { io_.run(); });
    return {};
  }

 private:
  using Client = std::shared_ptr<Protocol::socket>;  // a timer may outlive the conversation

  asio::awaitable<void> accept() {
    for (;;) {
      boost::system::error_code failed;
      Protocol::socket client = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, failed));
      if (failed) co_await pause();  // for example because no descriptor is left
      if (failed) continue;
      ++clients_;
      auto shared = std::make_shared<Protocol::socket>(std::move(client));
      auto work = clients_ <= kMaxClients ? serve(std::move(shared)) : refuse(std::move(shared), kTooMany);
      asio::co_spawn(io_, std::move(work), [this](const std::exception_ptr&) { --clients_; });
    }
  }

  asio::awaitable<void> pause() {
    asio::steady_timer timer(io_, std::chrono::milliseconds(100));
    co_await timer.async_wait(asio::use_awaitable);
  }

  asio::awaitable<void> serve(Client client) {
    std::string buffer;
    for (;;) {
      boost::system::error_code failed;
      const std::size_t length = co_await read_line(client, buffer, failed);
      if (failed == asio::error::not_found) co_await refuse(client, kTooLong);
      if (failed) co_return;
      const std::string request = buffer.substr(0, length - 1);
      buffer.erase(0, length);
      co_await write(client, co_await asio::co_spawn(pool_, answer_to(request), asio::use_awaitable) + '\n');
    }
  }

  asio::awaitable<void> refuse(Client client, std::string_view why) {
    co_await write(std::move(client), fmt::format("{{\"ok\":false,\"error\":\"{}\"}}\n", why));
  }

  asio::awaitable<std::size_t> read_line(Client client, std::string& buffer, boost::system::error_code& failed) {
    const auto timer = close_after(limits_.request, client);
    co_return co_await asio::async_read_until(*client, asio::dynamic_buffer(buffer, kMaxLine), '\n',
                                              asio::redirect_error(asio::use_awaitable, failed));
  }

  /// Throws when the client does not read it in time.
  asio::awaitable<void> write(Client client, std::string text) {
    const auto timer = close_after(limits_.answer, client);
    co_await asio::async_write(*client, asio::buffer(text), asio::use_awaitable);
  }

  /// Closes the socket, unless the timer is destroyed before that time has passed.
  std::unique_ptr<asio::steady_timer> close_after(std::chrono::milliseconds time, const Client& client) {
    auto timer = std::make_unique<asio::steady_timer>(io_, time);
    timer->async_wait([client](boost::system::error_code cancelled) {
      boost::system::error_code failed;
      if (!cancelled && client->close(failed)) log::warning("cannot close a connection: {}", failed.message());
    });
    return timer;
  }

  asio::awaitable<std::string> answer_to(const std::string& request) const { co_return answer_(request); }

  const Answer answer_;
  const ControlLimits limits_;
  asio::io_context io_{1};
  asio::thread_pool pool_{kMaxClients};
  Protocol::acceptor acceptor_{io_};
  std::string path_;
  std::size_t clients_ = 0;
  std::thread thread_;
};

ControlServer::ControlServer(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
ControlServer::~ControlServer() = default;

Result<std::unique_ptr<ControlServer>> ControlServer::listen(const std::string& path, Answer answer,
                                                             ControlLimits limits) {
  auto impl = std::make_unique<Impl>(std::move(answer), limits);
  if (auto listening = impl->listen(path); !listening) return tl::unexpected(listening.error());
  return std::unique_ptr<ControlServer>(new ControlServer(std::move(impl)));
}

}  // namespace suzaku::daemon
