#pragma once

#include <suzaku/client/serializer.hpp>

#include "protocol/client_decoder.hpp"

namespace suzaku::client::core {

/// Phoenix's own serializers, V1 and V2.
class PhoenixSerializer final : public Serializer {
 public:
  explicit PhoenixSerializer(protocol::Version version) : version_(version) {}

  std::string_view vsn() const noexcept override;
  bool encode(const Outgoing& message, std::string& out) override;
  Result<Incoming> decode(std::string_view frame, bool is_binary) override;

 private:
  const protocol::Version version_;
  protocol::ClientDecoder decoder_;
};

/// One of each.
class PhoenixSerializers {
 public:
  Serializer& get(int vsn) noexcept { return vsn == 1 ? v1_ : v2_; }

 private:
  PhoenixSerializer v1_{protocol::Version::v1};
  PhoenixSerializer v2_{protocol::Version::v2};
};

}  // namespace suzaku::client::core
