#pragma once

#include <memory>
#include <optional>
#include <string>

#include <suzaku/server/http.hpp>

#include "net/timers.hpp"
#include "transport/http_service.hpp"

namespace suzaku::server_testing {

class ServerImpl;

/// One call of an HTTP route, as the server sees it, and what it has answered.
class HttpCallImpl final : public transport::Exchange, public transport::BodySink {
 public:
  explicit HttpCallImpl(ServerImpl& server) : server_(server) {}

  void start(const http::Request& request);
  /// The answer, as far as it has come.
  std::optional<server::HttpResponse> answer() const { return answer_; }

  void resolve(transport::Answer answer) override;
  bool write(std::string_view part) override;
  void end() override;
  void abort() override { end(); }
  std::size_t queued_bytes() const override { return 0; }

 private:
  void take(transport::Answer answer);

  ServerImpl& server_;
  std::unique_ptr<transport::LateAnswerer> answerer_;
  std::unique_ptr<transport::BodySource> source_;
  std::optional<server::HttpResponse> answer_;
};

}  // namespace suzaku::server_testing
