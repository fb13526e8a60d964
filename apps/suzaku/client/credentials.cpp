#include "credentials.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <boost/json/object.hpp>

#include "cli/exit_codes.hpp"
#include "cli/files.hpp"
#include "cli/json_input.hpp"

namespace suzaku::program {
namespace {

constexpr std::size_t kLargestFile = 1 << 20;  // bytes

tl::unexpected<Failure> bad_param(const std::string& option, std::size_t place, const std::string& why) {
  return failed(kBadUsage, option + " no. " + std::to_string(place) + ": " + why +
                               "; expected NAME=VALUE for a string, NAME:=JSON for another value");
}

Result<std::string> token_in(const std::string& file) {
  auto text = read_file(file, kLargestFile);
  if (!text) return failure(text.error().code, "cannot read the token: " + text.error().message);
  const std::size_t end = text->find_last_not_of(" \t\r\n");
  text->resize(end == std::string::npos ? 0 : end + 1);
  if (text->empty()) return failure("cannot read the token: " + file + " is empty");
  return text;
}

}  // namespace

OrFailure<Payload> read_params(const std::string& option, const std::vector<std::string>& params,
                               const std::optional<std::string>& file) {
  JsonObject members;
  if (file) {
    const auto text = read_file(*file, kLargestFile);
    if (!text) return failed(kFailed, "cannot read the params: " + text.error().message);
    const auto object = parse_object(*text);
    if (!object) return failed(kBadUsage, "the params in " + *file + ": " + object.error().message);
    members = object->json().as_object();
  }
  for (std::size_t i = 0; i < params.size(); ++i) {
    const std::size_t equals = params[i].find('=');
    const bool is_json = equals != std::string::npos && equals > 0 && params[i][equals - 1] == ':';
    const std::string name = params[i].substr(0, is_json ? equals - 1 : equals);
    if (equals == std::string::npos) return bad_param(option, i + 1, "it has no \"=\"");
    if (name.empty()) return bad_param(option, i + 1, "it has no name");
    const std::string value = params[i].substr(equals + 1);
    if (!is_json) {
      members[name] = value;
      continue;
    }
    const auto json = parse_json(value);
    if (!json) return bad_param(option, i + 1, "after \":=\", " + json.error().message);
    members[name] = json->json();
  }
  try {
    return Payload(Json(std::move(members)));
  } catch (const std::invalid_argument& error) {
    return failed(kBadUsage, option + ": " + error.what());
  }
}

OrFailure<std::vector<client::Header>> read_headers(const std::vector<std::string>& headers) {
  std::vector<client::Header> parsed;
  for (const std::string& header : headers) {
    const std::size_t colon = header.find(':');
    if (colon == std::string::npos || colon == 0)
      return failed(kBadUsage, "--header no. " + std::to_string(parsed.size() + 1) +
                                   " has no name; expected one such as 'X-Tenant: acme'");
    const std::size_t value = std::min(header.find_first_not_of(" \t", colon + 1), header.size());
    parsed.push_back({header.substr(0, colon), header.substr(value)});
  }
  return parsed;
}

OrFailure<client::AuthToken> read_token(const std::optional<std::string>& given, const std::optional<std::string>& file,
                                        const std::shared_ptr<config::Secrets>& secrets) {
  if (given && file) return failed(kBadUsage, "--token and --token-file are both set; set one of them");
  if (file) {
    if (const auto token = token_in(*file); !token) return failed(kFailed, token.error().message);
    return client::AuthToken([file = *file, secrets](const client::ConnectAttempt&) {
      auto token = token_in(file);
      if (token) secrets->replace("--token-file", {*token});
      return token;
    });
  }
  const char* in_environment = std::getenv("SUZAKU_TOKEN");
  const std::string token = given ? *given : in_environment ? in_environment : "";
  secrets->add(token);
  return client::AuthToken(token);
}

}  // namespace suzaku::program
