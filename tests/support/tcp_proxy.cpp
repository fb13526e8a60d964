#include "support/tcp_proxy.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <future>
#include <random>
#include <set>
#include <thread>
#include <tuple>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace suzaku::test {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::milliseconds;

constexpr auto kValues = asio::as_tuple(asio::use_awaitable);  // errors as values
constexpr std::size_t kPiece = 16 * 1024;
constexpr int kLongestDelay = 200;  // ms
constexpr std::size_t kMostDripped = 256;

/// A connection: the client's end and the server's.
struct Pair {
  Pair(tcp::socket client_end, std::set<Pair*>& all)
      : client(std::move(client_end)), server(client.get_executor()), pairs(all) {
    pairs.insert(this);
  }
  ~Pair() { pairs.erase(this); }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  void close() {
    boost::system::error_code ignored;
    client.close(ignored);
    server.close(ignored);
  }
  void reset() {
    boost::system::error_code ignored;
    client.set_option(tcp::socket::linger(true, 0), ignored);
    server.set_option(tcp::socket::linger(true, 0), ignored);
    close();
  }

  tcp::socket client;
  tcp::socket server;
  std::set<Pair*>& pairs;
};

}  // namespace

class TcpProxy::Impl {
 public:
  Impl(std::uint16_t to, std::uint64_t seed)
      : to_(asio::ip::address_v4::loopback(), to),
        chance_(seed),
        acceptor_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
        port_(acceptor_.local_endpoint().port()) {
    gate_.expires_at(asio::steady_timer::time_point::max());
    asio::co_spawn(io_, accept(), asio::detached);
    thread_ = std::thread([this] { io_.run(); });
  }
  ~Impl() {
    io_.stop();
    thread_.join();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  /// Does something on the proxy's thread, and waits for it.
  template <class F>
  auto run(F work) {
    std::packaged_task<decltype(work())()> task(std::move(work));
    auto done = task.get_future();
    asio::post(io_, [&task] { task(); });
    return done.get();
  }

  void hold() { is_held_ = true; }
  void release() {
    is_held_ = false;
    gate_.cancel();
  }
  void cut() {
    for (Pair* pair : pairs_) pair->close();
  }
  void set_faults(const Faults& faults) { faults_ = faults; }
  Counts counts() const { return counts_; }

 private:
  asio::awaitable<void> accept() {
    for (;;) {
      auto [error, socket] = co_await acceptor_.async_accept(kValues);
      if (error) continue;
      ++counts_.connections;
      asio::co_spawn(io_, connect(std::make_shared<Pair>(std::move(socket), pairs_)), asio::detached);
    }
  }

  asio::awaitable<void> connect(std::shared_ptr<Pair> pair) {
    const auto [error] = co_await pair->server.async_connect(to_, kValues);
    if (error) co_return pair->close();
    asio::co_spawn(io_, pass_on(pair, pair->client, pair->server), asio::detached);
    asio::co_spawn(io_, pass_on(pair, pair->server, pair->client), asio::detached);
  }

  /// `pair` keeps the sockets alive.
  asio::awaitable<void> pass_on(std::shared_ptr<Pair> pair, tcp::socket& from, tcp::socket& to) {
    std::array<char, kPiece> bytes;
    bool is_dead = false;
    for (;;) {
      const auto [end, size] = co_await from.async_read_some(asio::buffer(bytes), kValues);
      while (is_held_) co_await gate_.async_wait(kValues);
      if (end) break;
      if (!is_dead && happens(faults_.half_open)) {
        is_dead = true;
        ++counts_.half_opens;
      }
      if (is_dead) continue;
      if (!co_await write(*pair, to, asio::buffer(bytes, size))) co_return pair->close();
    }
    boost::system::error_code ignored;
    to.shutdown(tcp::socket::shutdown_send, ignored);
  }

  /// False when the connection has ended.
  asio::awaitable<bool> write(Pair& pair, tcp::socket& to, asio::const_buffer piece) {
    if (happens(faults_.cut)) {
      ++counts_.cuts;
      co_await asio::async_write(to, asio::buffer(piece, below(piece.size())), kValues);
      if (happens(0.5)) pair.reset();
      co_return false;
    }
    if (happens(faults_.delay)) {
      ++counts_.delays;
      co_await wait(milliseconds(below(kLongestDelay)));
    }
    if (happens(faults_.drip)) {
      ++counts_.drips;
      for (std::size_t left = std::min(piece.size(), kMostDripped); left > 0;) {
        const std::size_t size = std::min(left, 1 + below(7));
        const auto [error, written] = co_await asio::async_write(to, asio::buffer(piece, size), kValues);
        if (error) co_return false;
        piece += size;
        left -= size;
        co_await wait(milliseconds(1));
      }
    }
    const auto [error, written] = co_await asio::async_write(to, piece, kValues);
    co_return !error;
  }

  asio::awaitable<void> wait(milliseconds time) {
    asio::steady_timer timer(io_, time);
    co_await timer.async_wait(kValues);
  }

  bool happens(double chance) { return std::bernoulli_distribution(chance)(chance_); }
  std::size_t below(std::size_t limit) { return chance_() % limit; }

  const tcp::endpoint to_;
  std::mt19937_64 chance_;
  Faults faults_;
  Counts counts_;
  bool is_held_ = false;
  std::set<Pair*> pairs_;  // outlives the coroutines, which live until io_ is destroyed
  asio::io_context io_;
  tcp::acceptor acceptor_;
  asio::steady_timer gate_{io_};  // its waits end with release()
  const std::uint16_t port_;
  std::thread thread_;
};

TcpProxy::TcpProxy(std::uint16_t to, std::uint64_t seed) : impl_(std::make_unique<Impl>(to, seed)) {}
TcpProxy::~TcpProxy() = default;

std::uint16_t TcpProxy::port() const noexcept {
  return impl_->port();
}
void TcpProxy::hold() {
  impl_->run([this] { impl_->hold(); });
}
void TcpProxy::release() {
  impl_->run([this] { impl_->release(); });
}
void TcpProxy::cut() {
  impl_->run([this] { impl_->cut(); });
}
void TcpProxy::set_faults(const Faults& faults) {
  impl_->run([this, faults] { impl_->set_faults(faults); });
}
TcpProxy::Counts TcpProxy::counts() const {
  return impl_->run([this] { return impl_->counts(); });
}

}  // namespace suzaku::test
