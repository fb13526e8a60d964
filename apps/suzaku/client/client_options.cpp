#include "client_options.hpp"

#include <CLI/CLI.hpp>

#include "cli/command_line.hpp"
#include "cli/exit_codes.hpp"
#include "credentials.hpp"

namespace suzaku::program {
namespace {

/// One value for each use of the option. Without this CLI11 takes all words that follow.
void add_repeated(CLI::App& command, const std::string& name, std::vector<std::string>& values, const char* help,
                  const char* type, const char* group) {
  command.add_option(name, values, help)->type_name(type)->allow_extra_args(false)->group(group);
}

}  // namespace

void add_url(CLI::App& command, std::string& url) {
  command.add_option("URL", url, "where the app mounts its socket, such as wss://example.com/socket")
      ->type_name("")
      ->required();
}

std::string client_footer(const std::string& examples) {
  return "Examples:\n" + examples + "\n" + exit_codes_help();
}

void ClientOptions::add_to(CLI::App& command, bool joins) {
  add_credentials(command, joins);
  add_connection(command);
  add_output(command);
}

void ClientOptions::add_credentials(CLI::App& command, bool joins) {
  constexpr auto kGroup = "Who we are";
  add_repeated(command, "--param", params_, "of the connection; NAME:=JSON for other values than strings", "NAME=VALUE",
               kGroup);
  command.add_option("--params-file", params_file_, "a JSON object of such params")->type_name("FILE")->group(kGroup);
  if (joins) add_repeated(command, "--join-param", join_params_, "of each join", "NAME=VALUE", kGroup);
  command.add_option("--token-file", token_file_, "the auth token; otherwise the environment's SUZAKU_TOKEN")
      ->type_name("FILE")
      ->group(kGroup);
  command.add_option("--token", token_, "the same, but other users can see it among the processes")
      ->type_name("TOKEN")
      ->group(kGroup);
  add_repeated(command, "--header", headers_, "of the HTTP request, repeatedly", "'NAME: VALUE'", kGroup);
  command.add_option("--cert", tls_.certificate_file, "a client certificate, PEM")->type_name("FILE")->group(kGroup);
  command.add_option("--key", tls_.key_file, "its key, PEM")->type_name("FILE")->group(kGroup);
}

void ClientOptions::add_connection(CLI::App& command) {
  constexpr auto kGroup = "Connection";
  add_time(command, "--timeout", timeout, "to wait for a connection, a join or a reply")->group(kGroup);
  command.add_flag("--retry", retry, "connect and join again, until told to stop")->group(kGroup);
  command.add_option("--vsn", vsn, "serializer, 1 or 2 [2]")->type_name("N")->check(one_of({"1", "2"}))->group(kGroup);
  command.add_option("--proxy", proxy_, "HTTP proxy; \"\" for none [the environment's]")
      ->type_name("URL")
      ->group(kGroup);
  command.add_option("--ca-file", tls_.ca_file, "authorities to trust, PEM, instead of the system's")
      ->type_name("FILE")
      ->group(kGroup);
  add_repeated(command, "--pin", tls_.pinned_keys, "the public key that the server must have, repeatedly",
               "sha256/BASE64", kGroup);
  command.add_flag("--insecure", insecure_, "do not check the server's certificate")->group(kGroup);
}

void ClientOptions::add_output(CLI::App& command) {
  constexpr auto kGroup = "Output";
  command.add_flag("--wire", wire, "show every frame on standard error, without secrets")->group(kGroup);
  command.add_option("--record", record, "write every frame, without secrets, for suzaku replay")
      ->type_name("FILE")
      ->group(kGroup);
  command.add_flag("-q,--quiet", quiet, "no notes on standard error, only failures")->group(kGroup);
  command.add_flag("--no-color", no_color, "no colours; so does NO_COLOR in the environment")->group(kGroup);
}

OrFailure<client::SocketOptions> ClientOptions::socket_options(const std::shared_ptr<config::Secrets>& secrets) const {
  client::SocketOptions options;
  auto params = read_params("--param", params_, params_file_);
  if (!params) return tl::unexpected(params.error());
  secrets->add(secrets->secrets_in(params->json()));
  options.params = *std::move(params);
  auto token = read_token(token_, token_file_, secrets);
  if (!token) return tl::unexpected(token.error());
  if (token_ && !quiet)
    print_note("--token can be seen by other users of this machine; --token-file and SUZAKU_TOKEN cannot");
  options.auth_token = *std::move(token);
  auto headers = read_headers(headers_);
  if (!headers) return tl::unexpected(headers.error());
  secrets->add(secrets->secrets_in(*headers));
  options.headers = *std::move(headers);

  options.vsn = vsn;
  options.proxy = proxy_;
  secrets->add(proxy_ ? secrets->secrets_in_url(*proxy_) : secrets->secrets_in_environment());
  options.tls = tls_;
  options.tls.verify = !insecure_;
  options.timeout = options.connect_timeout = options.tls_timeout = options.handshake_timeout = timeout;
  options.heartbeat_timeout = std::max(timeout, longest_silence);
  options.close_timeout = std::min(timeout, std::chrono::milliseconds(1'000));
  return options;
}

OrFailure<Payload> ClientOptions::join_params() const {
  return read_params("--join-param", join_params_, {});
}

}  // namespace suzaku::program
