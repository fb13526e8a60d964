#include <suzaku/server_testing/http.hpp>

#include "server_testing/http_call.hpp"

namespace suzaku::server_testing {

server::HttpResponse Requesting::expect_answer() const {
  return impl_->expect_answer();
}

void Requesting::refute_answer() const {
  impl_->refute_answer();
}

server::HttpResponse Requesting::expect_head() const {
  server::HttpResponse head = impl_->expect_head();
  head.body.clear();
  return head;
}

std::string Requesting::expect_part() const {
  return impl_->expect_part();
}

void Requesting::refute_part() const {
  impl_->refute_part();
}

void Requesting::expect_abort() const {
  impl_->expect_abort();
}

bool Requesting::is_open() const noexcept {
  return impl_->is_open();
}

void Requesting::stop_reading() const {
  impl_->stop_reading();
}

void Requesting::read() const {
  impl_->read();
}

std::size_t Requesting::waiting_bytes() const noexcept {
  return impl_->queued_bytes();
}

void Requesting::close() const {
  impl_->close();
}

}  // namespace suzaku::server_testing
