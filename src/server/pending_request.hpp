#pragma once

#include <cstdint>
#include <utility>

#include "server/shard.hpp"
#include "transport/http_service.hpp"

namespace suzaku::server {

/// A request whose answer comes later, from wherever; handles find it by its number. Loop's thread only.
class PendingRequest : public transport::LateAnswerer {
 public:
  PendingRequest(Shard& shard, std::uint64_t id, transport::Exchange& exchange)
      : shard_(shard), id_(id), exchange_(exchange) {
    shard_.requests.emplace(id_, this);
  }
  ~PendingRequest() override { shard_.requests.erase(id_); }

 protected:
  Shard& shard() noexcept { return shard_; }
  /// Destroys this.
  void resolve(transport::Answer answer) { exchange_.resolve(std::move(answer)); }

 private:
  Shard& shard_;
  const std::uint64_t id_;
  transport::Exchange& exchange_;
};

}  // namespace suzaku::server
