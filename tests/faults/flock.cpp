#include "faults/flock.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>

#include <boost/json/serialize.hpp>

namespace suzaku::faults {

using namespace std::chrono_literals;
using client::Channel;
using client::Push;
using client::Reply;
using client::Resend;

namespace {

constexpr int kBirdsOfARoom = 5;
constexpr auto kPatience = 120s;

/// Until it holds; false when that takes too long.
template <class F>
bool await(F holds) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(10ms);
  }
  return true;
}

std::int64_t number_in(const client::Message& message, const char* name) {
  return message.payload.json().at(name).to_number<std::int64_t>();
}

}  // namespace

// --- Ledger ---

void Ledger::open(Push push) {
  ++started_;
  push.then([this, was_closed = std::make_shared<std::atomic<bool>>(false)](const Reply& reply) {
    close(reply, *was_closed);
  });
}

void Ledger::open_echo(Push push, std::int64_t n) {
  ++started_;
  push.then([this, n, was_closed = std::make_shared<std::atomic<bool>>(false)](const Reply& reply) {
    if (reply.ok() && reply.response.json() != Json{{"n", n}})
      complain("the echo of " + std::to_string(n) + " was " + std::string(reply.response.raw()));
    close(reply, *was_closed);
  });
}

void Ledger::close(const Reply& reply, std::atomic<bool>& was_closed) {
  if (was_closed.exchange(true)) complain("an operation ended twice, then with " + reply.status);
  {
    const std::lock_guard lock(mutex_);
    ++ends_[reply.status];
  }
  ++ended_;
}

void Ledger::complain(const std::string& what) {
  constexpr std::size_t kEnough = 100;
  const std::lock_guard lock(mutex_);
  if (complaints_.size() < kEnough) complaints_.push_back(what);
}

std::vector<std::string> Ledger::complaints() const {
  const std::lock_guard lock(mutex_);
  return complaints_;
}

std::map<std::string, std::uint64_t> Ledger::ends() const {
  const std::lock_guard lock(mutex_);
  return ends_;
}

// --- Bird ---

Bird::Bird(const std::string& url, client::SocketOptions options, int number, Ledger& ledger)
    : number_(number),
      ledger_(ledger),
      socket_(url, std::move(options)),
      own_(socket_.channel("room:own-" + std::to_string(number))),
      shared_(socket_.channel("room:shared-" + std::to_string(number / kBirdsOfARoom))) {
  shared_.on("shout", [this](const client::Message& message) { hear(message); });
  socket_.on_give_up([this](const client::Disconnect& reason) { ledger_.complain("gave up: " + reason.message); });
  socket_.on_reconnect([this](const client::Socket::Reconnecting& reconnecting) {
    const std::lock_guard lock(mutex_);
    last_failure_ = reconnecting.reason.message;
  });
  settle();
}

std::string Bird::last_failure() const {
  const std::lock_guard lock(mutex_);
  return last_failure_;
}

void Bird::settle() {
  ledger_.open(socket_.connect());
  ledger_.open(own_.join());
  ledger_.open(shared_.join());
}

void Bird::act(std::mt19937_64& chance) {
  const auto dice = chance() % 1'000;
  if (dice < 700) {
    echo(dice % 2 == 0 ? own_ : shared_, Resend::never);
  } else if (dice < 750) {
    echo(own_, Resend::at_least_once);
  } else if (dice < 900) {
    shout();
  } else if (dice < 930) {
    Push push = own_.push("noreply", {}, {.timeout = 50ms});
    ledger_.open(push);
    if (dice % 2 == 0) push.cancel();
  } else if (dice < 960) {
    ledger_.open(socket_.ping());
  } else if (dice < 980) {
    leave_and_join();
  } else if (dice < 985) {
    ledger_.open(socket_.disconnect());
    ledger_.open(socket_.connect());
  } else if (dice < 990) {
    socket_.network_changed();
  } else {
    ledger_.open(shared_.push("boom"));  // the server's channel crashes
  }
}

void Bird::echo(Channel& channel, Resend resend) {
  const std::int64_t n = ++last_number_;
  ledger_.open_echo(channel.push("echo", {{"n", n}}, {.resend = resend}), n);
}

void Bird::shout() {
  ledger_.open(shared_.push("shout", {{"who", number_}, {"what", ++last_number_}}));
}

/// Others may be heard late and not at all, but not twice: no shout is sent again.
void Bird::hear(const client::Message& message) {
  const auto who = number_in(message, "who");
  const auto what = number_in(message, "what");
  if (!heard_.emplace(who, what).second)
    ledger_.complain("heard shout " + std::to_string(what) + " of " + std::to_string(who) + " twice");
}

void Bird::leave_and_join() {
  ledger_.open(own_.leave());
  ledger_.open(own_.join());
}

void Bird::expect_well() {
  const std::string name = "client " + std::to_string(number_);
  for (Channel* channel : {&own_, &shared_}) {
    const bool is_well = await([&] {
      if (!socket_.is_connected() || channel->state() != Channel::State::joined) return false;
      const auto reply = channel->push("echo", {{"n", 1}}).get_for(kPatience);
      return reply && reply->ok();
    });
    if (!is_well)
      throw std::runtime_error(name + " did not recover: " + boost::json::serialize(socket_.dump_state()) +
                               "; last: " + last_failure());
  }
  const bool is_idle = await([this] { return socket_.metrics().in_flight == 0; });
  const client::Metrics metrics = socket_.metrics();
  if (!is_idle || metrics.buffered != 0 || metrics.channels != 2)
    throw std::runtime_error(name + " has something left over: " + boost::json::serialize(socket_.dump_state()));
  if (metrics.bad_frames != 0) throw std::runtime_error(name + " read a frame wrong");
}

}  // namespace suzaku::faults
