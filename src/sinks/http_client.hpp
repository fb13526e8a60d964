#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <curl/curl.h>
#include <tl/expected.hpp>

#include <suzaku/client/options.hpp>

namespace suzaku::sinks {

struct HttpOptions {
  std::string url;           // http:// or https://
  std::string ca_file = {};  // PEM; instead of the authorities of the system
  std::chrono::milliseconds timeout{10'000};
};

struct HttpResult {
  int status = 0;
  std::chrono::seconds retry_after{0};
};

/// The reason why there is no answer.
struct HttpFailure {
  std::string message;
  bool was_sent = false;  // at least a part of the request
};

/// Sends POST requests to one URL, one at a time, on one connection if the server keeps it. Redirections are not
/// followed. One thread, which must block SIGPIPE. Any thread may call stop().
class HttpClient {
 public:
  /// Throws std::invalid_argument for a URL that is not http:// or https://.
  explicit HttpClient(const HttpOptions& options);

  /// Returns the head of the answer. Reads the body for a short time only, so that the connection can be used again.
  tl::expected<HttpResult, HttpFailure> post(const std::vector<client::Header>& headers, std::string_view body);
  /// Ends the current post() and each later one. Any thread; does not wait.
  void stop() noexcept;
  /// "https://example.com", without path, name, password and query, which may be secrets.
  const std::string& server() const noexcept { return server_; }

 private:
  struct MultiCleanup {
    void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
  };
  struct EasyCleanup {
    void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
  };
  template <class Value>
  void set(CURLoption option, Value value);
  CURLcode perform();
  static std::size_t on_head(const char* line, std::size_t size, std::size_t count, void* client);

  std::string server_;
  std::unique_ptr<CURLM, MultiCleanup> multi_;  // keeps the connection; its wait can be ended
  std::unique_ptr<CURL, EasyCleanup> easy_;
  std::array<char, CURL_ERROR_SIZE> words_{};  // libcurl's error message
  bool has_head_ = false;                      // the complete head of the answer has arrived
  std::size_t received_ = 0;                   // bytes of the body of the answer
  std::atomic<bool> is_stopped_{false};
};

}  // namespace suzaku::sinks
