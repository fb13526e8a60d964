#include "http/request_parser.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <boost/beast/http/basic_parser.hpp>

#include "base/ascii.hpp"
#include "http/chunked_body.hpp"
#include "http/head_scanner.hpp"
#include "http/request_rules.hpp"

namespace suzaku::http {
namespace {

namespace beast = boost::beast;
using beast::http::error;
using beast::http::field;

constexpr std::size_t kUsualHeaders = 16;

/// Beast's request parser, writing straight into our Request. It is given the whole head at once, then pieces of the
/// body.
class BeastParser final : public beast::http::basic_parser<true> {
 public:
  BeastParser() {
    header_limit(std::numeric_limits<std::uint32_t>::max());  // the scanner has seen to it already
    body_limit(boost::none);                                  // so has Reading
  }

  Request request;
  bool close = false;  // "Connection: close" was seen

 private:
  using Error = beast::error_code;
  using Text = beast::string_view;

  void on_request_impl(beast::http::verb, Text method, Text target, int version, Error&) override {
    request.method = method;
    request.target = target;
    request.http_1_0 = version == 10;
    request.headers.reserve(kUsualHeaders);
  }

  void on_field_impl(field id, Text name, Text value, Error& ec) override {
    if (request.headers.size() == kMaxHeaders) {
      ec = error::header_limit;
      return;
    }
    if (id == field::connection && beast::http::token_list{value}.exists("close")) close = true;
    request.headers.emplace_back(ascii::lower_case(name), value);
  }

  std::size_t on_body_impl(Text piece, Error&) override {
    request.body.append(piece.data(), piece.size());
    return piece.size();
  }

  void on_response_impl(int, Text, int, Error&) override {}
  void on_header_impl(Error&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}
  void on_chunk_header_impl(std::uint64_t, Text, Error&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text piece, Error&) override { return piece.size(); }
  void on_finish_impl(Error&) override {}
};

/// True when the third word of the request line is a well-formed version, ours or not.
bool has_http_version(std::string_view head) {
  const std::string_view line = head.substr(0, head.find('\r'));
  const std::size_t target = line.find(' ') + 1;  // Beast has found both spaces already
  const std::string_view version = line.substr(line.find(' ', target) + 1);
  return version.size() == 8 && version.starts_with("HTTP/") && ascii::is_digit(version[5]) && version[6] == '.' &&
         ascii::is_digit(version[7]);
}

Refusal refusal_of(const beast::error_code& ec, std::string_view head) {
  if (ec == error::bad_version && has_http_version(head)) return {505, "HTTP version is neither 1.0 nor 1.1"};
  if (ec == error::bad_method) return {400, "malformed method"};
  if (ec == error::bad_target) return {400, "malformed request target"};
  if (ec == error::bad_version) return {400, "malformed HTTP version"};
  if (ec == error::bad_field) return {400, "malformed header name"};
  if (ec == error::bad_value) return {400, "malformed header value"};
  if (ec == error::bad_content_length) return {400, "malformed Content-Length"};
  if (ec == error::multiple_content_length) return {400, "more than one Content-Length"};
  if (ec == error::bad_transfer_encoding) return {400, "malformed Transfer-Encoding"};
  if (ec == error::header_limit) return {431, "too many headers"};
  return {400, "malformed request"};
}

}  // namespace

class RequestParser::Reading {
 public:
  explicit Reading(const Limits& limits) : limits_(limits), scanner_(limits.header_bytes) {}

  State feed(std::string_view bytes, std::size_t& used) {
    if (!refusal_ && !parser_.is_header_done()) feed_head(bytes, used);
    if (!refusal_ && parser_.is_header_done() && !is_done()) feed_body(bytes, used);
    if (refusal_) return State::failed;
    return is_done() ? State::done : State::need_more;
  }

  bool done() const { return !refusal_ && is_done(); }
  const Request* take_continue() noexcept { return std::exchange(wants_continue_, false) ? &parser_.request : nullptr; }
  Request take() { return std::move(parser_.request); }
  const std::optional<Refusal>& refusal() const noexcept { return refusal_; }

 private:
  bool is_done() const { return chunks_ ? chunks_->done() : parser_.is_done(); }

  /// A head that comes in one piece, as nearly all do, is parsed where it lies; others are gathered first.
  void feed_head(std::string_view bytes, std::size_t& used) {
    const std::size_t gathered = head_.size();
    if (gathered > 0) head_.append(bytes.substr(0, limits_.header_bytes - gathered));
    const std::string_view text = gathered > 0 ? head_ : bytes;

    const auto whole = scanner_.scan(text);
    if (!whole) {
      refusal_ = whole.error();
    } else if (*whole) {
      used = scanner_.end() - gathered;
      parse_head(text.substr(scanner_.begin(), scanner_.end() - scanner_.begin()));
    } else {
      used = bytes.size();
      if (gathered == 0) head_ = bytes;
    }
  }

  void parse_head(std::string_view head) {
    beast::error_code ec;
    parser_.put({head.data(), head.size()}, ec);
    if (ec) {
      refusal_ = refusal_of(ec, head);
      return;
    }
    Request& request = parser_.request;
    refusal_ = check_rules(request);
    if (refusal_) return;
    resolve_absolute_target(request);
    request.keep_alive = parser_.keep_alive() && !parser_.close;
    begin_body(request);
  }

  void begin_body(const Request& request) {
    const std::size_t most = limits_.head_listener ? limits_.head_listener->on_head(request) : limits_.body_bytes;
    if (parser_.is_done()) return;  // there is none
    if (parser_.chunked()) {
      chunks_.emplace(most);
    } else if (parser_.content_length().value_or(0) > most) {
      refusal_ = Refusal{413, "body too large"};
    }
    wants_continue_ = !refusal_ && !request.http_1_0 && request.header("expect") != nullptr;
  }

  void feed_body(std::string_view bytes, std::size_t& used) {
    bytes.remove_prefix(used);
    if (bytes.empty()) return;
    wants_continue_ = false;  // it has not waited
    if (chunks_) return feed_chunks(bytes, used);
    beast::error_code ec;
    used += parser_.put({bytes.data(), bytes.size()}, ec);
    if (ec) refusal_ = Refusal{400, "malformed body"};
  }

  void feed_chunks(std::string_view bytes, std::size_t& used) {
    used += chunks_->feed(bytes, parser_.request.body);
    if (chunks_->failed()) refusal_ = Refusal{chunks_->is_too_large() ? 413 : 400, chunks_->error()};
  }

  const Limits limits_;
  HeadScanner scanner_;
  BeastParser parser_;
  std::optional<ChunkedBody> chunks_;  // instead of Beast, which takes more than the standard does
  std::string head_;                   // the bytes of a head that is not yet whole
  std::optional<Refusal> refusal_;
  bool wants_continue_ = false;
};

RequestParser::RequestParser(Limits limits) : limits_(limits) {}
RequestParser::~RequestParser() = default;
RequestParser::RequestParser(RequestParser&&) noexcept = default;
RequestParser& RequestParser::operator=(RequestParser&&) noexcept = default;

RequestParser::State RequestParser::feed(std::string_view bytes, std::size_t& used) {
  used = 0;
  if (!reading_) {
    if (bytes.empty()) return State::need_more;
    reading_ = std::make_unique<Reading>(limits_);
  }
  return reading_->feed(bytes, used);
}

Request RequestParser::take() {
  if (!reading_ || !reading_->done()) throw std::logic_error("RequestParser::take: no request is done");
  Request request = reading_->take();
  reading_.reset();
  return request;
}

const Request* RequestParser::take_continue() noexcept {
  return reading_ ? reading_->take_continue() : nullptr;
}

int RequestParser::error_status() const noexcept {
  return reading_ && reading_->refusal() ? reading_->refusal()->status : 0;
}

std::string_view RequestParser::error_reason() const noexcept {
  return reading_ && reading_->refusal() ? reading_->refusal()->reason : std::string_view{};
}

}  // namespace suzaku::http
