#include "net/workers.hpp"

#include <memory>
#include <stdexcept>
#include <utility>

#include <boost/asio/post.hpp>

namespace suzaku::net {

Workers::Workers(std::size_t threads, std::size_t max_waiting, std::function<void(Task)> instead)
    : max_waiting_(max_waiting), instead_(threads == 0 ? std::move(instead) : nullptr), pool_(threads) {}

Workers::~Workers() {
  pool_.stop();
  pool_.join();
}

void Workers::run(Task work) {
  if (instead_) return instead_(std::move(work));
  if (waiting_.fetch_add(1) >= max_waiting_) {
    waiting_.fetch_sub(1);
    throw std::runtime_error("too much blocking work waits already (max_blocking_jobs)");
  }
  boost::asio::post(pool_, [this, work = std::make_shared<Task>(std::move(work))] {
    waiting_.fetch_sub(1);
    (*work)();
  });
}

bool Workers::in_this_thread() const noexcept {
  return pool_.get_executor().running_in_this_thread();
}

}  // namespace suzaku::net
