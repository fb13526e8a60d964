#include "server_command.hpp"

#include <csignal>
#include <cstdio>

#include <CLI/CLI.hpp>
#include <sys/resource.h>
#include <unistd.h>

#include <suzaku/server/endpoint.hpp>

#include "base/log.hpp"
#include "chat_channel.hpp"
#include "config/server_config.hpp"
#include "config/spelling.hpp"
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
         "Signals: SIGTERM and SIGINT drain and exit 0; SIGHUP reads the TLS certificate anew.";
}

int complain(const std::string& message, int code) {
  std::fprintf(stderr, "suzaku: %s\n", message.c_str());
  return code;
}

/// One descriptor per connection: as many as we may have.
void raise_descriptor_limit() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

std::vector<server::StaticPage> pages() {
  std::vector<server::StaticPage> pages;
  for (const web::Page& page : web::pages()) pages.push_back({page.path, page.content_type, page.body, page.etag});
  return pages;
}

void mount(server::Endpoint& endpoint, const server::SocketOptions& socket) {
  endpoint.socket("/socket", socket).channel<ChatChannel>("room:*");
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

/// The first line is for programs that wait for it, the second for people.
void announce(std::uint16_t port, bool secure) {
  std::printf("listening on port %u\n", unsigned{port});
  if (isatty(STDOUT_FILENO))
    std::printf("Open %s://localhost:%u in a browser. Ctrl+C ends.\n", secure ? "https" : "http", unsigned{port});
  std::fflush(stdout);
}

int serve(const config::ServerConfig& config) {
  raise_descriptor_limit();
  std::signal(SIGPIPE, SIG_IGN);  // whoever read our output may go
  log::configure(config.log_level, config.log_format);
  server::Endpoint endpoint(config.endpoint);
  mount(endpoint, config.socket);
  const auto ended = endpoint.run([&] {
    announce(endpoint.port(), config.endpoint.tls.has_value());
    log::info("suzaku {} is ready on port {}", SUZAKU_VERSION, endpoint.port());
  });
  if (!ended) return complain(ended.error().message, kFailed);
  log::info("all connections have ended: good bye");
  return kDone;
}

}  // namespace

ServerCommand::ServerCommand(CLI::App& program)
    : command_(program.add_subcommand("server", "Serve Phoenix channels, and a chat room to try them with")) {
  command_->add_option("-c,--config", config_file_, "read settings from a YAML file")->type_name("FILE");
  const auto options = config::server_options();
  for (std::size_t i = 0; i < options.size(); ++i) {
    const config::Option& option = options[i];
    const auto keep = [this, i](const std::string& value) { flags_.emplace_back(i, value); };
    const std::string initial = option.get({});
    const std::string help = option.help + (initial.empty() ? "" : " [" + initial + "]");
    CLI::Option* flag = option.shape == config::Option::Shape::on_off
                            ? command_->add_flag(option.flag())->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
                            : command_->add_option(option.flag())->take_last()->type_name(option.value_name);
    flag->description(help)->group(option.group);
    flag->each(keep);
  }
  command_->footer(footer());
}

bool ServerCommand::chosen() const {
  return command_->parsed();
}

int ServerCommand::run() const {
  config::ServerConfig config;
  if (config_file_)
    if (const auto read = config::apply_file(config, *config_file_, config::process_environment()); !read)
      return complain(read.error().message, kFailed);
  for (const auto& [place, value] : flags_)
    if (const auto set = config::apply_flag(config, config::server_options()[place], value); !set)
      return complain(set.error().message, kBadUsage);
  if (const auto checked = config::check(config); !checked) return complain(checked.error().message, kFailed);
  return serve(config);
}

int ServerCommand::refuse_flag(const std::string& flag) {
  std::vector<std::string> names = {"server", "--config", "--help", "--version"};
  for (const config::Option& option : config::server_options()) names.push_back(option.flag());
  const auto meant = config::nearest_name(flag.substr(0, flag.find('=')), names);
  return complain(
      "unknown argument " + flag + (meant ? "; did you mean " + *meant + "?" : "; see suzaku server --help"),
      kBadUsage);
}

}  // namespace suzaku::program
