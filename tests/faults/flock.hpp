#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <suzaku/client.hpp>

/// What the fault test watches: clients that talk all the time, and what must be true of them.
namespace suzaku::faults {

/// What was started, how it ended, and what was wrong. Any thread.
class Ledger {
 public:
  /// From now on the operation is expected to end, once.
  void open(client::Push push);
  /// The same, and if it ends with ok the response must be {"n": n}.
  void open_echo(client::Push push, std::int64_t n);
  /// Something that must not be.
  void complain(const std::string& what);

  std::uint64_t started() const noexcept { return started_; }
  std::uint64_t ended() const noexcept { return ended_; }
  std::vector<std::string> complaints() const;
  std::map<std::string, std::uint64_t> ends() const;

 private:
  void close(const client::Reply& reply, std::atomic<bool>& was_closed);

  std::atomic<std::uint64_t> started_{0};
  std::atomic<std::uint64_t> ended_{0};
  mutable std::mutex mutex_;
  std::vector<std::string> complaints_;        // guarded by mutex_
  std::map<std::string, std::uint64_t> ends_;  // likewise, by status
};

/// A client with a channel of its own and one that it shares with others.
class Bird {
 public:
  Bird(const std::string& url, client::SocketOptions options, int number, Ledger& ledger);

  /// Does something, by chance.
  void act(std::mt19937_64& chance);
  /// Wants to be connected and joined.
  void settle();
  /// Why it has no connection, or had none.
  std::string last_failure() const;
  /// It is, and gets an echo on each channel. Throws std::runtime_error when that does not come about.
  void expect_well();
  client::Metrics metrics() const { return socket_.metrics(); }

 private:
  void shout();
  void echo(client::Channel& channel, client::Resend resend);
  void hear(const client::Message& message);
  void leave_and_join();

  const int number_;
  Ledger& ledger_;
  std::int64_t last_number_ = 0;
  mutable std::mutex mutex_;
  std::string last_failure_;                               // guarded by mutex_
  std::set<std::pair<std::int64_t, std::int64_t>> heard_;  // who and what; where callbacks are called
  client::Socket socket_;
  client::Channel own_;
  client::Channel shared_;
};

}  // namespace suzaku::faults
