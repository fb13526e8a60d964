#include "sinks/http_client.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

namespace suzaku::sinks {
namespace {

using Clock = std::chrono::steady_clock;

// Limits for the body of an answer, which is not used. Beyond them the connection is closed.
constexpr std::size_t kMaxBody = 1 << 20;
constexpr auto kBodyTime = std::chrono::milliseconds(100);

/// curl_multi_poll() returns earlier when libcurl has something to do.
constexpr auto kPoll = std::chrono::milliseconds(60'000);
constexpr curl_off_t kMaxRetryAfter = 24 * 60 * 60;

struct FreeUrl {
  void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};
struct FreeText {
  void operator()(char* text) const noexcept { curl_free(text); }
};
struct FreeList {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

std::string server_of(const std::string& url) {
  const std::unique_ptr<CURLU, FreeUrl> parsed(curl_url());
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
    throw std::invalid_argument("the url: expected one such as https://example.com/signals");
  for (const CURLUPart secret :
       {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS, CURLUPART_PATH, CURLUPART_QUERY, CURLUPART_FRAGMENT})
    curl_url_set(parsed.get(), secret, nullptr, 0);
  char* text = nullptr;
  if (curl_url_get(parsed.get(), CURLUPART_URL, &text, 0) != CURLUE_OK) throw std::bad_alloc();
  const std::unique_ptr<char, FreeText> guard(text);
  std::string server = text;
  if (server.ends_with('/')) server.pop_back();
  if (!server.starts_with("http://") && !server.starts_with("https://"))
    throw std::invalid_argument("the url: expected one that begins with https:// or http://");
  return server;
}

void append(List& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (!longer) throw std::bad_alloc();
  static_cast<void>(list.release());
  list.reset(longer);
}

/// Removes "Expect: 100-continue", for which libcurl would wait.
List list_of(const std::vector<client::Header>& headers) {
  List list;
  append(list, "Expect:");
  for (const auto& [name, value] : headers)
    append(list, value.empty() ? name + ';' : fmt::format("{}: {}", name, value));
  return list;
}

/// Whether the line is the end of a head.
bool is_empty(std::string_view line) noexcept {
  return line == "\r\n" || line == "\n";
}

/// Discards the body, up to a limit.
std::size_t count_body(const char*, std::size_t size, std::size_t count, void* received) {
  auto& total = *static_cast<std::size_t*>(received);
  total += size * count;
  return total > kMaxBody ? 0 : size * count;
}

}  // namespace

HttpClient::HttpClient(const HttpOptions& options)
    : server_(server_of(options.url)), multi_(curl_multi_init()), easy_(curl_easy_init()) {
  if (!multi_ || !easy_) throw std::bad_alloc();
  set(CURLOPT_URL, options.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_POST, 1L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);  // does not wait for the resolver of the system
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
  set(CURLOPT_USERAGENT, "suzaku");
  set(CURLOPT_ERRORBUFFER, words_.data());
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);  // the answer of a proxy to CONNECT is not the answer
  set(CURLOPT_HEADERFUNCTION, &HttpClient::on_head);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, &count_body);
  set(CURLOPT_WRITEDATA, &received_);
  if (options.ca_file.empty()) return;
  set(CURLOPT_CAINFO, options.ca_file.c_str());
  set(CURLOPT_CAPATH, nullptr);  // that of the system
}

template <class Value>
void HttpClient::set(CURLoption option, Value value) {
  if (const CURLcode result = curl_easy_setopt(easy_.get(), option, value); result != CURLE_OK)
    throw std::runtime_error(std::string("libcurl: ") + curl_easy_strerror(result));
}

/// Called with each line of a head. Heads of 1xx are ignored.
std::size_t HttpClient::on_head(const char* line, std::size_t size, std::size_t count, void* client) {
  auto& self = *static_cast<HttpClient*>(client);
  long status = 0;
  curl_easy_getinfo(self.easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  if (is_empty({line, size * count}) && status >= 200) self.has_head_ = true;
  return size * count;
}

tl::expected<HttpResult, HttpFailure> HttpClient::post(const std::vector<client::Header>& headers,
                                                       std::string_view body) {
  const List list = list_of(headers);
  set(CURLOPT_HTTPHEADER, list.get());
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  set(CURLOPT_POSTFIELDS, body.data());  // NOLINT(bugprone-suspicious-stringview-data-usage): the size was set before
  words_[0] = '\0';
  has_head_ = false;
  received_ = 0;
  const CURLcode result = perform();
  long status = 0;
  curl_off_t retry_after = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy_.get(), CURLINFO_RETRY_AFTER, &retry_after);
  if (!has_head_) {
    curl_off_t connected = 0;  // microseconds after the beginning
    curl_easy_getinfo(easy_.get(), CURLINFO_PRETRANSFER_TIME_T, &connected);
    return tl::unexpected(HttpFailure{.message = words_[0] != '\0' ? words_.data() : curl_easy_strerror(result),
                                      .was_sent = connected > 0});
  }
  return HttpResult{.status = static_cast<int>(status),
                    .retry_after = std::chrono::seconds(std::clamp<curl_off_t>(retry_after, 0, kMaxRetryAfter))};
}

CURLcode HttpClient::perform() {
  curl_multi_add_handle(multi_.get(), easy_.get());
  CURLcode result = CURLE_ABORTED_BY_CALLBACK;
  std::optional<Clock::time_point> end;  // of reading the body
  for (int running = 1; running != 0 && !is_stopped_;) {
    if (curl_multi_perform(multi_.get(), &running) != CURLM_OK) break;
    if (running == 0) break;
    if (has_head_ && !end) end = Clock::now() + kBodyTime;
    const auto left = end ? std::chrono::ceil<std::chrono::milliseconds>(*end - Clock::now()) : kPoll;
    if (left.count() <= 0) break;
    curl_multi_poll(multi_.get(), nullptr, 0, static_cast<int>(left.count()), nullptr);
  }
  int left = 0;
  if (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) result = message->data.result;
  curl_multi_remove_handle(multi_.get(), easy_.get());
  return result;
}

void HttpClient::stop() noexcept {
  is_stopped_ = true;
  curl_multi_wakeup(multi_.get());
}

}  // namespace suzaku::sinks
