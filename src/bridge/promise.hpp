#pragma once

#include <memory>
#include <utility>

#include <suzaku/client/push.hpp>

#include "client/core/engine.hpp"
#include "client/core/replies.hpp"
#include "client/push_impl.hpp"

namespace suzaku::bridge {

/// The other end of an operation of the bridge's own: a handle. When the last one goes before finish(), the operation
/// ends with Outcome::closed.
class Promise {
 public:
  explicit Promise(std::weak_ptr<client::Engine> engine) : pledge_(std::make_shared<Pledge>(std::move(engine))) {}

  client::Push push() const { return client::Push(pledge_->push); }
  /// On the engine's thread.
  void finish(client::Reply reply = {}) const { pledge_->push->finish(std::move(reply)); }

 private:
  struct Pledge {
    explicit Pledge(std::weak_ptr<client::Engine> engine)
        : push(std::make_shared<client::PushImpl>(std::make_shared<client::Callbacks>(client::Dispatcher{}, 1, 1),
                                                  std::move(engine))) {}
    Pledge(const Pledge&) = delete;
    Pledge& operator=(const Pledge&) = delete;
    ~Pledge() { push->finish(client::core::ended(client::Outcome::closed, "the connection is gone")); }

    const std::shared_ptr<client::PushImpl> push;
  };
  std::shared_ptr<const Pledge> pledge_;
};

}  // namespace suzaku::bridge
