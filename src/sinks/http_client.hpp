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
  std::string ca_file = {};  // PEM; instead of the system's authorities
  std::chrono::milliseconds timeout{10'000};
};

struct HttpAnswer {
  int status = 0;
  std::chrono::seconds retry_after{0};
};

/// Why there is no answer.
struct HttpFailure {
  std::string message;
  bool was_sent = false;  // the request, or a part of it
};

/// Sends POST requests to one URL, one at a time, on one connection if the server keeps it. Redirections are not
/// followed. One thread, which blocks SIGPIPE; stop() may be called by any.
class HttpClient {
 public:
  /// Throws std::invalid_argument for another kind of URL.
  explicit HttpClient(const HttpOptions& options);

  /// The head of the answer is the answer. Its body is read for a short time only, to keep the connection.
  tl::expected<HttpAnswer, HttpFailure> post(const std::vector<client::Header>& headers, std::string_view body);
  /// Ends a post() that runs, and each later one. Any thread; does not wait.
  void stop() noexcept;
  /// "https://example.com": no path, name, password or query, which may be secrets.
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
  std::unique_ptr<CURLM, MultiCleanup> multi_;  // keeps the connection, and can be woken up
  std::unique_ptr<CURL, EasyCleanup> easy_;
  std::array<char, CURL_ERROR_SIZE> words_{};  // libcurl's error message
  bool has_head_ = false;                      // of the answer: the whole of it
  std::size_t received_ = 0;                   // bytes of the answer's body
  std::atomic<bool> is_stopped_{false};
};

}  // namespace suzaku::sinks
