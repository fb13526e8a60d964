#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

#include "client/core/engine.hpp"
#include "client/core/phoenix_serializer.hpp"
#include "client/transport/shared.hpp"
#include "net/loop.hpp"
#include "net/workers.hpp"

namespace suzaku::client {

/// The engine of a Runtime: an event loop on a thread of its own.
class LoopEngine final : public Engine {
 public:
  /// Starts the thread; it ends with the last copy of the pointer.
  static std::shared_ptr<LoopEngine> start();
  ~LoopEngine() override;

  void post(Task task) override;
  bool in_this_thread() const noexcept override;
  void run_blocking(Task task) override;
  void at_end(const void* owner, Task task) override;
  void forget_end(const void* owner) override;

  TimePoint now() const noexcept override;
  std::chrono::system_clock::time_point wall_clock() const noexcept override;
  TimerId after(Duration delay, Task task) override;
  void cancel(TimerId timer) override;
  double random() override;
  Serializer& serializer(int vsn) noexcept override { return serializers_.get(vsn); }
  std::unique_ptr<Transport> connect(const Target& target, const SocketOptions& options,
                                     Transport::Handler& handler) override;

 private:
  LoopEngine() : random_(std::random_device{}()) {}
  static void stop(LoopEngine* engine);
  void end();
  bool in_worker();

  net::Loop loop_;
  std::mutex mutex_;
  std::map<const void*, Task> at_end_;   // guarded by mutex_
  std::optional<net::Workers> workers_;  // likewise; made when they are first needed
  transport::Shared shared_{loop_};
  std::mt19937_64 random_;
  std::thread thread_;
  core::PhoenixSerializers serializers_;
};

}  // namespace suzaku::client
