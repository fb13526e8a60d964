#include "client/socket_impl.hpp"

#include <future>
#include <stdexcept>
#include <utility>

#include "base/left_out.hpp"
#include "base/log.hpp"
#include "base/thrown.hpp"
#include "client/channel_impl.hpp"
#include "client/core/replies.hpp"
#include "protocol/json_text.hpp"

namespace suzaku::client {
namespace {

Serializer& serializer_of(const SocketOptions& options, Engine& engine) {
  return options.serializer ? *options.serializer : engine.serializer(options.vsn);
}

}  // namespace

SocketImpl::Pledge::~Pledge() {
  if (push_) push_->finish(core::ended(Outcome::closed, "the socket was destroyed"));
}

SocketImpl::SocketImpl(const std::vector<std::string>& urls, SocketOptions options,
                       const std::shared_ptr<Engine>& engine)
    : options_(guarded(std::move(options), gate_)),
      callbacks_(
          std::make_shared<Callbacks>(options_.dispatcher, options_.max_undelivered, options_.max_undelivered_bytes)),
      credentials_(std::make_shared<CredentialSource>(options_)),
      engine_handle_(engine),
      engine_(engine.get()),
      core_(std::make_unique<core::Socket>(*engine, options_, urls, serializer_of(options_, *engine), *this,
                                           counters_)) {}

/// Once the gate is closed the function is not called any more.
template <class Result, class... Args>
void SocketImpl::guard(std::function<Result(Args...)>& function, const std::shared_ptr<Gate>& gate) {
  if (!function) return;
  function = [function = std::move(function), gate](Args... args) -> Result {
    const std::lock_guard lock(gate->mutex);
    if (gate->is_closed) return Result();
    return function(args...);
  };
}

SocketOptions SocketImpl::guarded(SocketOptions options, const std::shared_ptr<Gate>& gate) {
  guard(options.on_wire, gate);
  guard(options.rejoin.retry_refused, gate);
  for (Backoff* backoff : {&options.reconnect.backoff, &options.rejoin.backoff}) {
    if (auto* custom = std::get_if<CustomBackoff>(backoff)) guard(*custom, gate);
  }
  return options;
}

void SocketImpl::start() {
  callbacks_->set_on_room([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->post([](core::Socket& core) { core.resume_reading(); });
  });
}

void SocketImpl::close() {
  callbacks_->close();
  {
    const std::lock_guard lock(gate_->mutex);
    gate_->is_closed = true;
  }
  const std::lock_guard lock(engine_mutex_);
  auto* engine = std::exchange(engine_, nullptr);
  if (!engine) return;
  credentials_->withdraw();
  join_params_->withdraw();
  // The state machine outlives us until the connection is closed, but not the engine.
  engine->at_end(this, [self = shared_from_this()] { self->core_.reset(); });
  engine->post([weak = weak_from_this(), engine] {
    const auto self = weak.lock();
    if (!self || !self->core_) return;
    self->core_->shut_down([weak, engine] {
      // Not from within: this destroys the state machine.
      engine->post([weak, engine] {
        if (const auto self = weak.lock()) self->end(*engine);
      });
    });
  });
}

void SocketImpl::end(Engine& engine) {
  core_.reset();
  engine.forget_end(this);  // destroys us
}

bool SocketImpl::in_engine_thread() const noexcept {
  const std::lock_guard lock(engine_mutex_);
  return engine_ && engine_->in_this_thread();
}

std::shared_ptr<ChannelImpl> SocketImpl::channel(std::string_view topic, std::optional<JoinParams> params) {
  std::string json;
  protocol::append_json_string(json, topic);  // throws for what is no UTF-8
  const std::lock_guard lock(callbacks_->mutex());
  if (channels_.size() >= prune_channels_at_) {
    std::erase_if(channels_, [](const auto& entry) { return entry.second.expired(); });
    prune_channels_at_ = 2 * channels_.size() + 16;
  }
  auto& slot = channels_[std::string(topic)];
  auto channel = slot.lock();
  if (!channel) {
    channel = std::make_shared<ChannelImpl>(weak_from_this(), callbacks_, std::string(topic),
                                            std::move(params).value_or(JoinParams{}));
    slot = channel;
  } else if (params) {
    channel->set_params(std::move(*params));
  }
  return channel;
}

void SocketImpl::request_join_params(JoinParamsSource::Request request) {
  const std::lock_guard lock(engine_mutex_);
  if (engine_) join_params_->request(*engine_, std::move(request));
}

Metrics SocketImpl::metrics() const {
  Metrics metrics = counters_.metrics();
  metrics.callback_errors = callbacks_->errors();
  metrics.dropped_messages = callbacks_->dropped_messages();
  return metrics;
}

Json SocketImpl::dump_state() {
  if (in_engine_thread()) return core_->dump();
  auto dump = std::make_shared<std::promise<Json>>();
  auto result = dump->get_future();
  post([dump = std::move(dump)](core::Socket& core) { dump->set_value(core.dump()); });
  try {
    return result.get();
  } catch (const std::future_error&) {
    return nullptr;  // the runtime is gone
  }
}

void SocketImpl::off(Socket::Binding binding) {
  const std::lock_guard lock(callbacks_->mutex());
  if (!(open_callbacks.remove(binding) || close_callbacks.remove(binding) || reconnect_callbacks.remove(binding) ||
        give_up_callbacks.remove(binding) || message_callbacks.remove(binding))) {
    callbacks_->on_error.remove(binding);
  }
}

// --- core::SocketObserver ---

void SocketImpl::request_credentials(const ConnectAttempt& attempt, core::RequestId request_id) {
  const std::lock_guard lock(engine_mutex_);
  if (!engine_) return;
  credentials_->request(*engine_, attempt,
                        [weak = weak_from_this(), request_id](Result<core::Credentials> credentials) {
                          const auto self = weak.lock();
                          if (!self) return;
                          self->post([request_id, credentials = std::move(credentials)](core::Socket& core) mutable {
                            core.credentials(request_id, std::move(credentials));
                          });
                        });
}

void SocketImpl::on_status(Socket::Status status) {
  if (status == Socket::Status::disconnected) credentials_->withdraw();
  status_.store(status, std::memory_order_release);
}

void SocketImpl::on_open(const Socket::Opened& opened) {
  callbacks_->run([this, self = shared_from_this(), is_reconnect = opened.is_reconnect, url = std::string(opened.url)] {
    open_callbacks.each([&](const auto& callback) {
      callbacks_->call("on_open", callback, Socket::Opened{.is_reconnect = is_reconnect, .url = url});
    });
  });
}

void SocketImpl::on_close(const Disconnect& reason) {
  callbacks_->run([this, self = shared_from_this(), reason] {
    close_callbacks.each([&](const auto& callback) { callbacks_->call("on_close", callback, reason); });
  });
}

void SocketImpl::on_reconnect(const Socket::Reconnecting& reconnecting) {
  credentials_->withdraw();  // it was for the attempt that has failed
  callbacks_->run([this, self = shared_from_this(), reason = reconnecting.reason, attempt = reconnecting.attempt,
                   delay = reconnecting.delay] {
    reconnect_callbacks.each([&](const auto& callback) {
      callbacks_->call("on_reconnect", callback,
                       Socket::Reconnecting{.reason = reason, .attempt = attempt, .delay = delay});
    });
  });
}

void SocketImpl::on_give_up(const Disconnect& reason) {
  callbacks_->run([this, self = shared_from_this(), reason] {
    give_up_callbacks.each([&](const auto& callback) { callbacks_->call("on_give_up", callback, reason); });
  });
}

void SocketImpl::on_message(const Message& message) {
  if (callbacks_->are_direct()) {
    callbacks_->run([this, &message] { deliver(message); });
  } else if (!message_callbacks.empty()) {
    callbacks_->dispatch(message, [self = shared_from_this()](const Message& copy) { self->deliver(copy); });
  }
}

void SocketImpl::deliver(const Message& message) {
  message_callbacks.each([&](const auto& callback) { callbacks_->call("on_message", callback, message); });
}

/// A server can cause it with each message.
void SocketImpl::on_bad_payload(std::string_view topic, std::string_view event, std::string_view why) {
  if (const auto left_out = bad_payload_lines_.pass(LogLimit::Clock::now()))
    log::warning("dropped a message that cannot be read ({}): event \"{}\" of \"{}\"{}", why, event, topic,
                 left_out_note(*left_out));
}

void SocketImpl::on_user_error(std::exception_ptr error, std::string_view where) {
  callbacks_->report_soon(std::move(error), where);
}

}  // namespace suzaku::client
