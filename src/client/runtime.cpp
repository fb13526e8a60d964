#include <utility>

#include <suzaku/client/runtime.hpp>

#include "client/loop_engine.hpp"

namespace suzaku::client {

Runtime::Runtime() : engine_(LoopEngine::start()) {}

Runtime::Runtime(std::shared_ptr<Engine> engine) noexcept : engine_(std::move(engine)) {}

}  // namespace suzaku::client
