#include "client_failure.hpp"

#include <string>
#include <utility>

#include "cli/exit_codes.hpp"
#include "option_words.hpp"
#include "protocol/try_again.hpp"

namespace suzaku::program {
namespace {

using Kind = client::Disconnect::Kind;

int exit_code(Kind kind) {
  switch (kind) {
    case Kind::resolve_failed:
      return kHostNotFound;
    case Kind::connect_failed:
      return kUnreachable;
    case Kind::tls_failed:
      return kTlsFailed;
    case Kind::refused:
      return kHttpRefused;
    case Kind::connect_timeout:
    case Kind::heartbeat_timeout:
      return kTimedOut;
    case Kind::closed:
    case Kind::lost:
      return kConnectionLost;
    case Kind::proxy_failed:
    case Kind::not_websocket:
    case Kind::protocol_error:
      return kNotPhoenix;
    case Kind::requested:
    case Kind::credentials_failed:
      break;
  }
  return kFailed;
}

std::string_view tls_advice(std::string_view message) {
  if (message.find("ca_file") != message.npos) return "--insecure trusts anybody";
  if (message.find("certificate_file") != message.npos) return "the options are --cert FILE and --key FILE";
  return {};
}

/// Which of the program's options help; what else does, the reason's message says.
std::string_view advice(const client::Disconnect& reason) {
  switch (reason.kind) {
    case Kind::connect_timeout:
    case Kind::heartbeat_timeout:
      return "--timeout TIME waits longer";
    case Kind::tls_failed:
      return tls_advice(reason.message);
    case Kind::proxy_failed:
      return "--proxy URL names another proxy, --proxy \"\" none";
    case Kind::refused:
      if (!protocol::needs_other_credentials(reason.http_status)) return {};
      return "give what it asks for with SUZAKU_TOKEN, --token-file FILE, --param NAME=VALUE or --header 'NAME: VALUE'";
    case Kind::closed:
    case Kind::lost:
      return "--retry connects again";
    default:
      return {};
  }
}

std::string with_advice(std::string text, std::string_view advice) {
  if (!advice.empty()) text.append("; ").append(advice);
  return text;
}

}  // namespace

Failure failure_of(const client::Disconnect& reason) {
  return {exit_code(reason.kind), with_advice(in_option_words(reason.message), advice(reason))};
}

Failure failure_of(std::string_view topic, const client::ChannelError& error) {
  const std::string who(topic);
  switch (error.kind) {
    case client::ChannelError::Kind::refused:
      return {kJoinRefused, "cannot join " + who + ": " + in_option_words(error.message) +
                                "; check the topic, and what --join-param NAME=VALUE and the token say"};
    case client::ChannelError::Kind::timeout:
      return {kTimedOut,
              "cannot join " + who + ": " + in_option_words(error.message) + "; --timeout TIME waits longer"};
    case client::ChannelError::Kind::params_failed:
      return {kBadUsage, "cannot join " + who + ": " + in_option_words(error.message)};
    default:
      return {kConnectionLost, who + ": " + in_option_words(error.message) + "; --retry joins again"};
  }
}

Failure failure_of(std::string_view event, const client::Reply& reply) {
  const std::string text = "the push of " + std::string(event) + " failed: " + in_option_words(reply.message);
  switch (reply.outcome) {
    case client::Outcome::error:
      return {reply.was_sent ? kPushRefused : kBadUsage, text};
    case client::Outcome::timeout:
      return {kTimedOut, text + "; --timeout TIME waits longer"};
    case client::Outcome::disconnected:
    case client::Outcome::closed:
      return {kConnectionLost, text};
    default:
      return {kFailed, text};
  }
}

}  // namespace suzaku::program
