#include "server_command.hpp"

#include <csignal>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <sys/resource.h>
#include <unistd.h>

#include <suzaku/server/endpoint.hpp>
#include <suzaku/version.hpp>

#include "base/log.hpp"
#include "chat_channel.hpp"
#include "claimed_user.hpp"
#include "cli/exit_codes.hpp"
#include "cli/failure.hpp"
#include "config/server_config.hpp"
#include "web/pages.hpp"

namespace suzaku::program {
namespace {

std::string footer() {
  std::string text =
      "Configuration file: YAML, of the same settings. --drain-deadline is `deadline` under `drain`; ${VARIABLE} and\n"
      "${VARIABLE:-default} stand for the environment. Flags win over the file. For example:\n\n";
  std::string_view example = config::yaml_example();
  while (!example.empty()) {
    const auto line = example.substr(0, example.find('\n') + 1);
    text.append("  ").append(line);
    example.remove_prefix(line.size());
  }
  return text +
         "\nExamples:\n"
         "  suzaku server                                    chat on http://localhost:4000\n"
         "  suzaku server --port 8080 --log-format json\n"
         "  suzaku server --config suzaku.yaml --tls-certificate cert.pem --tls-key key.pem\n"
         "\nServes: / (a chat room), /socket/websocket (Phoenix Channels, topics room:*), /health/live, "
         "/health/ready.\n"
         "Signals: SIGTERM and SIGINT drain and exit 0; SIGHUP reads the TLS certificate again.";
}

/// One descriptor per connection: as many as we may have.
void raise_descriptor_limit() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  static_cast<void>(::setrlimit(RLIMIT_NOFILE, &files));  // otherwise the limit stays as it was
}

std::vector<server::StaticPage> pages() {
  std::vector<server::StaticPage> pages;
  for (const web::Page& page : web::pages()) pages.push_back({page.path, page.content_type, page.body, page.etag});
  return pages;
}

server::SocketMount mount_socket(server::Endpoint& endpoint, const config::ServerConfig& config) {
  const std::string& param = config.identify_param;
  if (param.empty()) return endpoint.socket("/socket", config.socket);
  log::warning(
      "identify.param is {}: any client can say that it is anybody. A client that connects with {}=ada is taken for "
      "the "
      "user ada, and nothing checks it; use this for development only",
      param, param);
  return endpoint.socket("/socket", [param] { return std::make_unique<ClaimedUser>(param); }, config.socket);
}

void mount(server::Endpoint& endpoint, const config::ServerConfig& config) {
  mount_socket(endpoint, config).channel<ChatChannel>("room:*");
  endpoint.pages(pages());
  endpoint.get("/health/live", [](const server::HttpRequest&) {
    return server::HttpResponse{.content_type = "application/json", .body = R"({"status":"live"})"};
  });
  endpoint.get("/health/ready", [&endpoint](const server::HttpRequest&) {
    return endpoint.is_ready()
               ? server::HttpResponse{.content_type = "application/json", .body = R"({"status":"ready"})"}
               : server::HttpResponse{
                     .status = 503, .content_type = "application/json", .body = R"({"status":"draining"})"};
  });
}

/// The first line is for programs that wait for the start, the second for people.
void announce(std::uint16_t port, bool secure) {
  std::printf("listening on port %u\n", unsigned{port});
  if (isatty(STDOUT_FILENO))
    std::printf("Open %s://localhost:%u in a browser. Ctrl+C ends.\n", secure ? "https" : "http", unsigned{port});
  std::fflush(stdout);
}

int serve(const config::ServerConfig& config) {
  raise_descriptor_limit();
  std::signal(SIGPIPE, SIG_IGN);  // a reader of the output that has gone is a failed write
  std::signal(SIGXFSZ, SIG_IGN);  // a log may not grow beyond a limit: its lines are lost, and the server goes on
  log::configure(config.log_level, config.log_format);
  server::Endpoint endpoint(config.endpoint);
  mount(endpoint, config);
  const auto ended = endpoint.run([&] {
    announce(endpoint.port(), config.endpoint.tls.has_value());
    log::info("suzaku {} is ready on port {}", SUZAKU_VERSION, endpoint.port());
  });
  if (!ended) return report({kFailed, ended.error().message});
  log::info("all connections have ended");
  return kDone;
}

/// What the command line says; flags win over the file.
struct ServerOptions {
  std::optional<std::string> config_file;
  std::vector<std::pair<std::size_t, std::string>> flags;  // place in the table of options, value
};

void add_flags(CLI::App& command, ServerOptions& given) {
  const auto options = config::server_options();
  for (std::size_t i = 0; i < options.size(); ++i) {
    const config::Option& option = options[i];
    const auto keep = [&given, i](const std::string& value) { given.flags.emplace_back(i, value); };
    const std::string initial = option.get({});
    const std::string help = option.help + (initial.empty() ? "" : " [" + initial + "]");
    CLI::Option* flag = option.shape == config::Option::Shape::on_off
                            ? command.add_flag(option.flag())->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
                            : command.add_option(option.flag())->take_last()->type_name(option.value_name);
    flag->description(help)->group(option.group);
    flag->each(keep);
  }
}

int run(const ServerOptions& given) {
  config::ServerConfig config;
  if (given.config_file)
    if (const auto mistakes = config::apply_file(config, *given.config_file, config::process_environment());
        !mistakes.empty())
      return report(mistakes);
  for (const auto& [place, value] : given.flags)
    if (const auto set = config::apply_flag(config, config::server_options()[place], value); !set)
      return report({kBadUsage, set.error().message + "; see suzaku server --help"});
  if (const auto checked = config::check(config); !checked) return report({kFailed, checked.error().message});
  return serve(config);
}

}  // namespace

Command server_command(CLI::App& program) {
  auto options = std::make_shared<ServerOptions>();
  CLI::App* app = program.add_subcommand("server", "Serve Phoenix channels, and a chat room to try them with");
  app->add_option("-c,--config", options->config_file, "read settings from a YAML file")->type_name("FILE");
  add_flags(*app, *options);
  app->footer(footer());
  return {app, [options] { return run(*options); }};
}

}  // namespace suzaku::program
