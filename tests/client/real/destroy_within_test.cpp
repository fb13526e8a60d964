// A socket that is destroyed within each kind of function that it calls. Afterwards it calls nothing.
#include <atomic>
#include <functional>
#include <latch>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "real.hpp"
#include "support/inbox.hpp"

namespace suzaku::client::real {
namespace {

/// A socket and a trap that destroys it.
class Case : public std::enable_shared_from_this<Case> {
 public:
  Case(const ServerProcess& server, const std::optional<Runtime>& runtime) : server_(server), runtime_(runtime) {}

  SocketOptions options() const {
    SocketOptions options = quick_options();
    options.runtime = runtime_;
    options.params = {{"user_id", "ann"}};
    return options;
  }
  void make(const SocketOptions& options) {
    socket = std::make_unique<Socket>(server_.url(), options);
    room.emplace(socket->channel("room:1"));
  }
  void make() { make(options()); }
  void make_joined() {
    make();
    ok(socket->connect());
    ok(room->join());
  }
  void start() {
    socket->connect();
    room->join();
  }
  /// The server closes the connection.
  void be_cut_off() { room->push("disconnect_user", {{"id", "ann"}}); }

  /// A callback of any kind that springs the trap.
  auto trap() {
    return [self = shared_from_this()](const auto&...) { self->spring(); };
  }
  /// Sets it up; meanwhile the trap does not spring on another thread.
  void set_up(const std::function<void(Case&)>& how) {
    how(*this);
    is_set_up_.count_down();
  }
  /// Waits until it has sprung. How often something was called afterwards.
  int await_end() {
    sprung_.next();
    if (runtime_) {  // what was on its way comes before the answer
      Socket other(server_.url(), options());
      ok(other.connect());
      ok(other.ping());
    }
    room.reset();  // its callbacks hold us
    return late_;
  }

  std::unique_ptr<Socket> socket;
  std::optional<Channel> room;

 private:
  void spring() {
    if (std::this_thread::get_id() != thread_) is_set_up_.wait();
    if (!socket) {
      ++late_;
      return;
    }
    socket.reset();
    sprung_.add(true);
  }

  const ServerProcess& server_;
  const std::optional<Runtime> runtime_;
  const std::thread::id thread_ = std::this_thread::get_id();  // where a coroutine may go on at once
  std::latch is_set_up_{1};
  std::atomic<int> late_{0};
  test::Inbox<bool> sprung_;
};

struct Kind {
  const char* name;
  void (*set_up)(Case& c);
};

Coroutine destroy_after(Channel room, std::function<void()> trap) {
  co_await room.push("echo");
  trap();
}

/// Where there are callbacks, two: the second must not be called when the first has destroyed the socket.
constexpr Kind kKinds[] = {
    {"on_open",
     [](Case& c) {
       c.make();
       for (int i = 0; i < 2; ++i) c.socket->on_open(c.trap());
       c.start();
     }},
    {"on_close",
     [](Case& c) {
       c.make_joined();
       for (int i = 0; i < 2; ++i) c.socket->on_close(c.trap());
       c.be_cut_off();
     }},
    {"on_reconnect",
     [](Case& c) {
       c.make_joined();
       for (int i = 0; i < 2; ++i) c.socket->on_reconnect(c.trap());
       c.be_cut_off();
     }},
    {"on_give_up",
     [](Case& c) {
       SocketOptions options = c.options();
       options.params = {{"token", "bad"}};
       c.make(options);
       for (int i = 0; i < 2; ++i) c.socket->on_give_up(c.trap());
       c.start();
     }},
    {"on_message",
     [](Case& c) {
       c.make();
       for (int i = 0; i < 2; ++i) c.socket->on_message(c.trap());
       c.start();
     }},
    {"on_callback_error",
     [](Case& c) {
       c.make();
       c.socket->on_open([](const Socket::Opened&) { throw std::runtime_error("on purpose"); });
       for (int i = 0; i < 2; ++i) c.socket->on_callback_error(c.trap());
       c.start();
     }},
    {"on_of_a_channel",
     [](Case& c) {
       c.make_joined();
       for (int i = 0; i < 2; ++i) c.room->on("shout", c.trap());
       c.room->on("*", c.trap());
       c.room->push("shout");
     }},
    {"on_join",
     [](Case& c) {
       c.make();
       for (int i = 0; i < 2; ++i) c.room->on_join(c.trap());
       c.start();
     }},
    {"on_error",
     [](Case& c) {
       c.make_joined();
       for (int i = 0; i < 2; ++i) c.room->on_error(c.trap());
       c.room->push("boom");
     }},
    {"on_close_of_a_channel",
     [](Case& c) {
       c.make_joined();
       for (int i = 0; i < 2; ++i) c.room->on_close(c.trap());
       c.room->push("stop");
     }},
    {"on_gap",
     [](Case& c) {
       c.make_joined();
       for (int i = 0; i < 2; ++i) c.room->on_gap(c.trap());
       c.be_cut_off();
     }},
    {"then_of_a_push",
     [](Case& c) {
       c.make_joined();
       c.room->push("echo").then(c.trap()).then(c.trap());
     }},
    {"then_of_a_push_that_has_ended",
     [](Case& c) {
       c.make_joined();
       const Push push = c.room->push("echo");
       ok(push);
       Push(push).then(c.trap());
     }},
    {"receive_of_a_push",
     [](Case& c) {
       c.make_joined();
       c.room->push("echo").receive("ok", c.trap()).receive("ok", c.trap());
     }},
    {"then_of_a_connect",
     [](Case& c) {
       c.make();
       c.socket->connect().then(c.trap());
     }},
    {"then_of_a_disconnect",
     [](Case& c) {
       c.make_joined();
       c.socket->disconnect().then(c.trap());
     }},
    {"then_of_a_join",
     [](Case& c) {
       c.make();
       c.room->join().then(c.trap());
       c.socket->connect();
     }},
    {"then_of_a_leave",
     [](Case& c) {
       c.make_joined();
       c.room->leave().then(c.trap());
     }},
    {"then_of_a_ping",
     [](Case& c) {
       c.make_joined();
       c.socket->ping().then(c.trap());
     }},
    {"cancel",
     [](Case& c) {
       c.make_joined();
       Push push = c.room->push("noreply");
       push.then(c.trap());
       std::thread([push]() mutable { push.cancel(); }).detach();  // it calls back
     }},
    {"a_coroutine",
     [](Case& c) {
       c.make_joined();
       destroy_after(*c.room, c.trap()).detach();
     }},
    {"the_function_that_gives_the_params_of_a_join",
     [](Case& c) {
       c.make();
       c.socket->channel("room:1", JoinParams([trap = c.trap()](const JoinAttempt&) -> Result<Payload> {
                           trap();
                           return Payload();
                         }));
       c.start();
     }},
    {"the_function_that_gives_the_token",
     [](Case& c) {
       SocketOptions options = c.options();
       options.auth_token = [trap = c.trap()](const ConnectAttempt&) -> Result<std::string> {
         trap();
         return "token";
       };
       c.make(options);
       c.start();
     }},
    {"on_wire",
     [](Case& c) {
       SocketOptions options = c.options();
       options.on_wire = [trap = c.trap()](const WireEvent& event) {
         if (event.kind != WireEvent::Kind::connecting) trap();
       };
       c.make(options);
       c.start();
     }},
    {"the_backoff_of_the_connection",
     [](Case& c) {
       SocketOptions options = c.options();
       options.params = {{"token", "bad"}};
       options.reconnect.backoff = [trap = c.trap()](const Retry&) {
         trap();
         return std::optional(1ms);
       };
       c.make(options);
       c.start();
     }},
    {"the_backoff_of_a_join",
     [](Case& c) {
       SocketOptions options = c.options();
       options.rejoin.backoff = [trap = c.trap()](const Retry&) {
         trap();
         return std::optional(1ms);
       };
       c.make(options);
       c.socket->channel("room:forbidden").join();
       c.socket->connect();
     }},
    {"retry_refused",
     [](Case& c) {
       SocketOptions options = c.options();
       options.rejoin.retry_refused = [trap = c.trap()](const Reply&) {
         trap();
         return true;
       };
       c.make(options);
       c.socket->channel("room:forbidden").join();
       c.socket->connect();
     }},
};

class DestroyWithin : public testing::TestWithParam<std::tuple<Kind, bool>> {
 protected:
  static void SetUpTestSuite() { server_ = std::make_unique<ServerProcess>(); }
  static void TearDownTestSuite() { server_.reset(); }
  static std::unique_ptr<ServerProcess> server_;
};
std::unique_ptr<ServerProcess> DestroyWithin::server_;

std::string name_of(const testing::TestParamInfo<std::tuple<Kind, bool>>& parameter) {
  const auto& [kind, shares_runtime] = parameter.param;
  return std::string(kind.name) + (shares_runtime ? "_with_others" : "_alone");
}
INSTANTIATE_TEST_SUITE_P(A, DestroyWithin, testing::Combine(testing::ValuesIn(kKinds), testing::Bool()), name_of);

TEST_P(DestroyWithin, socket_calls_nothing_more) {
  const auto& [kind, shares_runtime] = GetParam();
  const auto c =
      std::make_shared<Case>(*server_, shares_runtime ? std::optional<Runtime>(std::in_place) : std::nullopt);
  c->set_up(kind.set_up);
  EXPECT_EQ(c->await_end(), 0);
}

}  // namespace
}  // namespace suzaku::client::real
