#include <atomic>
#include <csignal>
#include <exception>
#include <memory>
#include <semaphore>
#include <string>
#include <thread>
#include <utility>

#include <CLI/CLI.hpp>

#include <suzaku/version.hpp>

#include "base/log.hpp"
#include "bridge_commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/failure.hpp"
#include "config/bridge_config.hpp"
#include "ctl_command.hpp"
#include "daemon/commands.hpp"
#include "daemon/control_server.hpp"
#include "daemon/daemon.hpp"
#include "daemon/init_process.hpp"

namespace suzaku::program {
namespace {

/// Blocks SIGHUP, SIGINT and SIGTERM in all threads; the main thread waits for them.
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    for (const int signal : {SIGHUP, SIGINT, SIGTERM}) sigaddset(&set_, signal);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    std::signal(SIGPIPE, SIG_IGN);  // a reader of the output that has gone is a failed write
    std::signal(SIGXFSZ, SIG_IGN);  // a file may not grow beyond a limit: writing it fails
  }

  int wait() const {
    int signal = 0;
    sigwait(&set_, &signal);
    return signal;
  }
  /// The next SIGINT or SIGTERM ends the process.
  void release() const {
    std::signal(SIGHUP, SIG_IGN);
    pthread_sigmask(SIG_UNBLOCK, &set_, nullptr);
  }

 private:
  sigset_t set_{};
};

/// Looks for what is new or changed on the machine, so that a reload with a mistake there changes nothing.
Result<config::BridgeConfig> load(const std::string& file, const config::BridgeConfig& running) {
  return config::load_bridge_config(file, config::process_environment(), config::Depth::machine, &running)
      .map_error([](const config::Mistakes& all) {
        Error error;
        for (const auto& [place, message] : all)
          error.message.append(error.message.empty() ? "" : "\n").append(place).append(": ").append(message);
        return error;
      });
}

/// Reloads on a thread of its own, so that a signal to end the bridge is handled meanwhile.
class Reloader {
 public:
  explicit Reloader(daemon::Daemon& daemon) : thread_([this, &daemon] { run(daemon); }) {}
  ~Reloader() {
    is_ending_ = true;
    ask();
    thread_.join();
  }
  Reloader(const Reloader&) = delete;
  Reloader& operator=(const Reloader&) = delete;

  void ask() { asked_.release(); }

 private:
  void run(daemon::Daemon& daemon) {
    for (asked_.acquire(); !is_ending_; asked_.acquire()) {
      while (asked_.try_acquire()) continue;  // one reload for all requests so far
      try {
        (void)daemon.reload();                 // which tells the log
      } catch (const std::exception& error) {  // no thread or no memory is left
        log::error("the configuration could not be read again: {}", error.what());
      }
    }
  }

  std::counting_semaphore<> asked_{0};
  std::atomic<bool> is_ending_{false};
  std::thread thread_;
};

int serve(const std::string& file) {
  if (const auto exit_status = daemon::run_below_init()) return *exit_status;
  const Signals signals;
  auto config = config::load_bridge_config(file, config::process_environment());
  if (!config) return report(config.error());
  log::configure(config->log_level, config->log_format);
  const std::string control_path = config->control;
  const std::size_t connections = config->connections.size();
  const std::size_t agents = config->agents.size();

  daemon::Daemon daemon(*std::move(config), [file](const auto& running) { return load(file, running); });
  const auto control = daemon::ControlServer::listen(
      control_path, [&](std::string_view request) { return daemon::answer(daemon, request); });
  if (!control) return report({kFailed, control.error().message});
  if (const auto started = daemon.start(); !started) return report({kFailed, started.error().message});
  log::info("suzaku {} started: connections: {}, agents: {}; it listens to `ctl` on {}", SUZAKU_VERSION, connections,
            agents, control_path);
  Reloader reloader(daemon);
  while (signals.wait() == SIGHUP) reloader.ask();
  signals.release();
  log::info("about to end");
  daemon.stop();
  return kDone;
}

}  // namespace

Command bridge_command(CLI::App& program) {
  auto file = std::make_shared<std::string>();
  CLI::App* app = program.add_subcommand("bridge", "Keep connections to Phoenix apps, and let agents act on messages");
  const auto* const config =
      app->add_option("-c,--config", *file, "what to connect to, and what to do")->type_name("FILE");
  const auto ctl = add_ctl(*app);
  app->footer(
      "Each message becomes a signal (CloudEvents 1.0), and routes lead signals to agents, which print, file or\n"
      "send them, hand them to a program of yours, or push them to another app. For example:\n\n"
      "  connections:\n"
      "    chat:\n"
      "      url: ws://localhost:4000/socket\n"
      "      channels: [room:lobby]\n"
      "  agents:\n"
      "    print: {sink: stdout}\n"
      "  routes:\n"
      "    - {from: \"suzaku.**\", to: print}\n\n"
      "`suzaku check-config FILE` finds mistakes. SIGHUP reads the file again and touches only what has changed; "
      "SIGTERM\n"
      "and SIGINT leave the channels, finish what waits and exit 0. Logs go to standard error.");
  return {app, [app, config, file, ctl] {
            if (app->got_subcommand("ctl")) return ctl();
            if (config->count() == 0)
              return report({kBadUsage, "name a configuration: suzaku bridge --config FILE; see suzaku bridge --help"});
            return serve(*file);
          }};
}

}  // namespace suzaku::program
