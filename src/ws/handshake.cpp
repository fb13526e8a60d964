#include "ws/handshake.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include <openssl/evp.h>

#include "base/ascii.hpp"
#include "ws/header_scanner.hpp"

namespace suzaku::ws {
namespace {

std::string_view trim(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The parameters of one permessage-deflate offer (RFC 7692, section 7.1), as far as they matter to the answer.
class DeflateOffer {
 public:
  /// Takes in one parameter. The offer is refused as a whole when one of them is unknown, repeated or has a wrong
  /// value.
  void add(std::string_view name, const std::optional<std::string>& value) {
    if (name == "server_no_context_takeover") {
      require(first(server_no_context_takeover_) && !value);
    } else if (name == "client_no_context_takeover") {
      require(first(client_no_context_takeover_) && !value);
    } else if (name == "server_max_window_bits") {
      // The one compressor of a loop uses the largest window, so a smaller one cannot be promised.
      require(first(server_max_window_bits_) && value == "15");
    } else if (name == "client_max_window_bits") {
      require(first(client_max_window_bits_) && (!value || is_window(*value)));
    } else {
      acceptable_ = false;
    }
  }

  bool acceptable() const noexcept { return acceptable_; }

  std::string_view answer() const noexcept {
    // RFC 7692 demands an answer to server_max_window_bits.
    return server_max_window_bits_ ? "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
                                     "server_max_window_bits=15"
                                   : "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  }

 private:
  static bool first(bool& seen) noexcept { return !std::exchange(seen, true); }

  static bool is_window(std::string_view bits) noexcept {
    constexpr std::array<std::string_view, 8> kWindows{"8", "9", "10", "11", "12", "13", "14", "15"};
    return std::ranges::find(kWindows, bits) != kWindows.end();
  }

  void require(bool met) noexcept { acceptable_ = acceptable_ && met; }

  bool acceptable_ = true;
  bool server_no_context_takeover_ = false;
  bool client_no_context_takeover_ = false;
  bool server_max_window_bits_ = false;
  bool client_max_window_bits_ = false;
};

}  // namespace

std::string accept_key(std::string_view key) {
  constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  const std::string text = std::string(key).append(kGuid);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1) {
    throw std::runtime_error("SHA-1 is not available");
  }
  std::array<unsigned char, (EVP_MAX_MD_SIZE + 2) / 3 * 4 + 1> encoded{};
  const int length = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(size));
  return {encoded.begin(), encoded.begin() + length};
}

std::optional<std::string> negotiate_deflate(std::string_view offers) {
  HeaderScanner scanner(offers);
  do {
    const std::string_view extension = scanner.token();
    if (extension.empty()) continue;  // an empty element of the list; anything else ends the loop
    DeflateOffer offer;
    while (scanner.take(';')) {
      const std::string_view name = scanner.token();
      std::optional<std::string> value;
      if (scanner.take('=')) {
        value = scanner.value();
        if (!value) return std::nullopt;
      }
      if (name.empty()) return std::nullopt;
      offer.add(name, value);
    }
    const bool ended = scanner.done() || scanner.peek() == ',';
    if (ended && extension == "permessage-deflate" && offer.acceptable()) return std::string(offer.answer());
  } while (scanner.take(','));
  return std::nullopt;
}

bool list_contains(std::string_view list, std::string_view token) noexcept {
  while (true) {
    const std::size_t comma = list.find(',');
    if (ascii::equal_ignoring_case(trim(list.substr(0, comma)), token)) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace suzaku::ws
