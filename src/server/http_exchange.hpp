#pragma once

#include <cstdint>
#include <memory>

#include <suzaku/server/http.hpp>

#include "server/http_stream.hpp"
#include "server/pending_request.hpp"

namespace suzaku::server {

/// One call of an HTTP handler: makes the handles that it asks for, and turns what it returns into an answer.
class HttpExchange {
 public:
  /// `headers` are added to the answer, whenever it comes.
  HttpExchange(Shard& shard, transport::Exchange& exchange, HttpHeaders headers)
      : shard_(shard), exchange_(exchange), headers_(std::move(headers)) {}

  HttpAnswer later();
  HttpStream stream(HttpResponse head, HttpStreamEvents events);
  transport::RequestHandler::Decision decide(HttpResult answer);

 private:
  Shard& shard_;
  transport::Exchange& exchange_;
  HttpHeaders headers_;
  std::uint64_t later_ = 0;  // number of the request, once it is asked for
  http::Response head_;
  std::unique_ptr<StreamedBody> body_;
};

/// The bytes of an answer, with the headers that all have.
http::Response to_response(HttpResponse answer, const HttpHeaders& more);

}  // namespace suzaku::server
