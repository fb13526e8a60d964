#include "http/response_parser.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>

#include <boost/beast/http/basic_parser.hpp>

#include "base/ascii.hpp"
#include "http/chunked_body.hpp"
#include "http/head_scanner.hpp"

namespace suzaku::http {
namespace {

namespace beast = boost::beast;
using beast::http::error;
using beast::http::field;

constexpr std::string_view kMagic = "HTTP/1.";
constexpr std::size_t kUsualHeaders = 16;

/// Beast's response parser, writing straight into our ReceivedResponse. It is given the whole head at once, then pieces
/// of the body unless that is chunked: there it accepts and asserts different things as the bytes are cut.
class BeastParser final : public beast::http::basic_parser<false> {
 public:
  explicit BeastParser(const ResponseLimits& limits) {
    header_limit(std::numeric_limits<std::uint32_t>::max());  // the scanner has seen to it already
    body_limit(limits.body_bytes);
  }

  ReceivedResponse response;

 private:
  using Error = beast::error_code;
  using Text = beast::string_view;

  void on_response_impl(int status, Text reason, int, Error& ec) override {
    if (status < 100) ec = error::bad_status;
    response.status = status;
    response.reason = reason;
    response.headers.reserve(kUsualHeaders);
  }

  void on_field_impl(field, Text name, Text value, Error& ec) override {
    if (response.headers.size() == kMaxResponseHeaders) {
      ec = error::header_limit;
      return;
    }
    response.headers.emplace_back(ascii::lower_case(name), value);
  }

  std::size_t on_body_impl(Text piece, Error&) override {
    response.body.append(piece.data(), piece.size());
    return piece.size();
  }
  std::size_t on_chunk_body_impl(std::uint64_t, Text piece, Error&) override { return piece.size(); }  // not reached

  void on_request_impl(beast::http::verb, Text, Text, int, Error&) override {}
  void on_header_impl(Error&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}
  void on_chunk_header_impl(std::uint64_t, Text, Error&) override {}
  void on_finish_impl(Error&) override {}
};

std::string_view reason_of(const beast::error_code& ec) noexcept {
  if (ec == error::bad_version) return "HTTP version is neither 1.0 nor 1.1";
  if (ec == error::bad_status) return "malformed status";
  if (ec == error::bad_reason) return "malformed reason phrase";
  if (ec == error::bad_field) return "malformed header name";
  if (ec == error::bad_value) return "malformed header value";
  if (ec == error::bad_content_length || ec == error::multiple_content_length) return "malformed Content-Length";
  if (ec == error::bad_transfer_encoding) return "malformed Transfer-Encoding";
  if (ec == error::body_limit) return "body too large";
  if (ec == error::header_limit) return "too many headers";
  if (ec == error::partial_message) return "the response was cut short";
  return "malformed response";
}

}  // namespace

const std::string* ReceivedResponse::header(std::string_view lower_case_name) const noexcept {
  for (const auto& [name, value] : headers)
    if (name == lower_case_name) return &value;
  return nullptr;
}

class ResponseParser::Reading {
 public:
  Reading(const ResponseLimits& limits, Asked asked)
      : limits_(limits),
        asked_(asked),
        scanner_(limits.head_bytes),
        parser_(std::in_place, limits),
        chunks_(limits.body_bytes) {}

  State feed(std::string_view bytes, std::size_t& used) {
    while (error_.empty() && !head_done_ && used < bytes.size()) feed_head(bytes.substr(used), used);
    while (error_.empty() && head_done_ && !done_ && used < bytes.size()) feed_body(bytes.substr(used), used);
    return state();
  }

  State feed_end() {
    if (!head_done_ && error_.empty()) error_ = "the response was cut short";
    if (state() != State::need_more) return state();
    beast::error_code ec;
    parser_->put_eof(ec);
    if (ec) error_ = reason_of(ec);
    done_ = !ec;
    return state();
  }

  State state() const noexcept {
    if (!error_.empty()) return State::failed;
    return done_ ? State::done : State::need_more;
  }
  bool head_done() const noexcept { return head_done_; }
  ReceivedResponse& response() noexcept { return parser_->response; }
  std::string_view error() const noexcept { return error_; }

 private:
  /// A head that comes in one piece, as nearly all do, is parsed where it lies; others are gathered first.
  void feed_head(std::string_view bytes, std::size_t& used) {
    const std::size_t gathered = pending_.size();
    if (gathered > 0) pending_.append(bytes.substr(0, limits_.head_bytes - gathered));
    const std::string_view text = gathered > 0 ? pending_ : bytes;
    const std::string_view start = text.substr(0, kMagic.size());
    if (!kMagic.starts_with(start)) {  // said at once: another protocol might never send the end of a head
      error_ = "not an HTTP/1 response";
      return;
    }
    const auto whole = scanner_.scan(text);
    if (!whole) {
      error_ = whole.error().status == 400 ? whole.error().reason : "head too large";
    } else if (*whole) {
      used += scanner_.end() - gathered;
      parse_head(text.substr(0, scanner_.end()));
      pending_.clear();
    } else {
      used += bytes.size();
      if (gathered == 0) pending_ = bytes;
    }
  }

  void parse_head(std::string_view head) {
    beast::error_code ec;
    parser_->put({head.data(), head.size()}, ec);
    ReceivedResponse& response = parser_->response;
    if (ec && ec != error::body_limit) {
      error_ = reason_of(ec);
    } else if (response.status / 100 == 1 && response.status != 101) {
      pass_over_interim();
    } else {
      head_done_ = true;
      const bool tunnels = response.status == 101 || (asked_ == Asked::connect && response.status / 100 == 2);
      done_ = tunnels || parser_->is_done();
      response.keep_alive = !tunnels && parser_->keep_alive();
      if (!done_) error_ = ec ? reason_of(ec) : check_encoding();
    }
  }

  void pass_over_interim() {
    if (++interim_ > kMaxInterimResponses) {
      error_ = "too many interim responses";
      return;
    }
    scanner_ = HeadScanner(limits_.head_bytes);
    parser_.emplace(limits_);
  }

  /// Beast lets other encodings pass and would hand out their bytes as the body.
  std::string_view check_encoding() const noexcept {
    const std::string* encoding = parser_->response.header("transfer-encoding");
    if (!encoding || (parser_->chunked() && ascii::lower_case(*encoding) == "chunked")) return {};
    return "Transfer-Encoding is something else than chunked";
  }

  void feed_body(std::string_view bytes, std::size_t& used) {
    if (parser_->chunked()) {
      used += chunks_.feed(bytes, parser_->response.body);
      error_ = chunks_.error();
      done_ = chunks_.done();
      return;
    }
    beast::error_code ec;
    used += parser_->put({bytes.data(), bytes.size()}, ec);
    if (ec) error_ = reason_of(ec);
    done_ = parser_->is_done();
  }

  ResponseLimits limits_;
  Asked asked_;
  HeadScanner scanner_;
  std::optional<BeastParser> parser_;
  ChunkedBody chunks_;
  std::string pending_;  // the bytes of a head that is not yet whole
  std::size_t interim_ = 0;
  std::string_view error_;  // a literal
  bool head_done_ = false;
  bool done_ = false;
};

ResponseParser::ResponseParser(ResponseLimits limits, Asked asked) : limits_(limits), asked_(asked) {}
ResponseParser::~ResponseParser() = default;
ResponseParser::ResponseParser(ResponseParser&&) noexcept = default;
ResponseParser& ResponseParser::operator=(ResponseParser&&) noexcept = default;

ResponseParser::State ResponseParser::feed(std::string_view bytes, std::size_t& used) {
  used = 0;
  if (!reading_) {
    if (bytes.empty()) return State::need_more;
    reading_ = std::make_unique<Reading>(limits_, asked_);
  }
  return reading_->feed(bytes, used);
}

ResponseParser::State ResponseParser::feed_end() {
  if (!reading_) reading_ = std::make_unique<Reading>(limits_, asked_);
  return reading_->feed_end();
}

ReceivedResponse ResponseParser::take() {
  if (!reading_ || reading_->state() != State::done)
    throw std::logic_error("ResponseParser::take: no response is done");
  ReceivedResponse response = std::move(reading_->response());
  reading_.reset();
  return response;
}

const ReceivedResponse* ResponseParser::partial() const noexcept {
  return reading_ && reading_->head_done() ? &reading_->response() : nullptr;
}

std::string_view ResponseParser::error() const noexcept {
  return reading_ ? reading_->error() : std::string_view{};
}

}  // namespace suzaku::http
