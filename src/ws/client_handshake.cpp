#include "ws/client_handshake.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "base/printable.hpp"
#include "ws/handshake.hpp"
#include "ws/header_scanner.hpp"

namespace suzaku::ws {
namespace {

constexpr std::string_view kDeflateOffer = "permessage-deflate; client_no_context_takeover; server_no_context_takeover";

bool is_token(std::string_view text) noexcept {
  HeaderScanner scanner(text);
  return !text.empty() && scanner.token().size() == text.size();
}

/// The headers that make a request an upgrade, and those that would tell of a body.
bool is_reserved(std::string_view lower_case_name) noexcept {
  constexpr std::array<std::string_view, 5> kReserved{"host", "connection", "upgrade", "content-length",
                                                      "transfer-encoding"};
  return lower_case_name.starts_with("sec-websocket-") ||
         std::ranges::find(kReserved, lower_case_name) != kReserved.end();
}

/// A server's words in a message.
std::string quoted(std::string_view text) {
  constexpr std::size_t kLongest = 100;
  return '"' + printable(text, kLongest) + '"';
}

void append(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

/// All values of a header, as one list.
std::optional<std::string> joined(const Headers& headers, std::string_view name) {
  std::optional<std::string> list;
  for (const auto& [header, value] : headers) {
    if (header != name) continue;
    list = list ? *list + ", " + value : value;
  }
  return list;
}

/// Reads the parameters of the server's permessage-deflate. It must not ask for more than we have offered, and it must
/// compress each message by itself.
Result<void> check_deflate(HeaderScanner& scanner) {
  bool server_no_context_takeover = false;
  std::vector<std::string> seen;
  while (scanner.take(';')) {
    const std::string name(scanner.token());
    std::optional<std::string> value;
    if (scanner.take('=')) {
      value = scanner.value();
      if (!value) return failure("its parameter has no value");
    }
    if (name.empty()) return failure("a parameter has no name");
    if (std::ranges::find(seen, name) != seen.end()) return failure("it says " + quoted(name) + " twice");
    seen.push_back(name);
    if (name == "server_no_context_takeover" && !value) {
      server_no_context_takeover = true;
    } else if (name == "server_max_window_bits") {  // whatever it says: we inflate with the largest window
      constexpr std::array<std::string_view, 8> kWindows{"8", "9", "10", "11", "12", "13", "14", "15"};
      if (!value || std::ranges::find(kWindows, *value) == kWindows.end())
        return failure("server_max_window_bits is not a number from 8 to 15");
    } else if (name != "client_no_context_takeover" || value) {
      return failure("it says " + quoted(value ? name + '=' + *value : name) + ", which was not offered");
    }
  }
  if (!server_no_context_takeover) return failure("it insists on context takeover, which was not offered");
  return {};
}

/// True when compression was agreed on.
Result<bool> check_extensions(const Headers& answer, bool offered) {
  const std::optional<std::string> list = joined(answer, "sec-websocket-extensions");
  if (!list) return false;
  const std::string whole = "the server's Sec-WebSocket-Extensions is " + quoted(*list);
  HeaderScanner scanner(*list);
  const std::string_view name = scanner.token();
  if (name.empty() && scanner.done()) return false;
  if (!offered) return failure(whole + ", but no extension was offered");
  if (name != "permessage-deflate") return failure(whole + ", but only permessage-deflate was offered");
  if (const auto checked = check_deflate(scanner); !checked)
    return failure(whole + ": " + checked.error().message + "; try without compression");
  if (!scanner.done()) return failure(whole + ", which is more than one permessage-deflate");
  return true;
}

Result<std::string> check_subprotocol(const Headers& answer, const std::vector<std::string>& offered) {
  const std::optional<std::string> chosen = joined(answer, "sec-websocket-protocol");
  if (!chosen || chosen->empty()) return std::string{};
  if (std::ranges::find(offered, *chosen) == offered.end())
    return failure("the server chose the subprotocol " + quoted(*chosen) + ", which was not offered");
  return *chosen;
}

}  // namespace

std::string make_key(const std::array<std::uint8_t, 16>& random) {
  return base64({reinterpret_cast<const char*>(random.data()), random.size()});
}

Result<void> check_headers(const Headers& headers) {
  for (const auto& [name, value] : headers) {
    if (!is_token(name)) return failure("the header name " + quoted(name) + " has characters that no header may have");
    if (is_reserved(ascii::lower_case(name)))
      return failure("the header " + name + " is the handshake's own: leave it out of the options");
    if (std::ranges::any_of(value, ascii::is_control_but_tab))
      return failure("the value of the header " + name + " has a line break or another control character");
  }
  return {};
}

std::string serialize(const UpgradeRequest& request, std::string_view key) {
  if (const auto checked = check_headers(request.headers); !checked)
    throw std::invalid_argument(checked.error().message);
  std::string out = "GET " + request.target + " HTTP/1.1\r\n";
  append(out, "Host", request.host);
  append(out, "Connection", "Upgrade");
  append(out, "Upgrade", "websocket");
  append(out, "Sec-WebSocket-Version", "13");
  append(out, "Sec-WebSocket-Key", key);
  if (request.deflate) append(out, "Sec-WebSocket-Extensions", kDeflateOffer);
  std::string subprotocols;
  for (const std::string& name : request.subprotocols) subprotocols += (subprotocols.empty() ? "" : ", ") + name;
  if (!subprotocols.empty()) append(out, "Sec-WebSocket-Protocol", subprotocols);
  for (const auto& [name, value] : request.headers) append(out, name, value);
  return out + "\r\n";
}

Result<Agreement> check_answer(const Headers& answer, const UpgradeRequest& request, std::string_view key) {
  if (!list_contains(joined(answer, "upgrade").value_or(""), "websocket"))
    return failure("the server's answer does not say \"Upgrade: websocket\"");
  if (!list_contains(joined(answer, "connection").value_or(""), "upgrade"))
    return failure("the server's answer does not say \"Connection: Upgrade\"");
  if (joined(answer, "sec-websocket-accept") != accept_key(key))
    return failure("the server's Sec-WebSocket-Accept does not belong to our key: it may be a cached answer");
  const auto deflate = check_extensions(answer, request.deflate);
  if (!deflate) return tl::unexpected(deflate.error());
  auto subprotocol = check_subprotocol(answer, request.subprotocols);
  if (!subprotocol) return tl::unexpected(subprotocol.error());
  return Agreement{.deflate = *deflate, .subprotocol = *std::move(subprotocol)};
}

}  // namespace suzaku::ws
