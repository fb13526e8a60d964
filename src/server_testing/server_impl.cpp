#include "server_testing/server_impl.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include <suzaku/server_testing/failure.hpp>

#include "server_testing/http_call.hpp"
#include "ws/decoder.hpp"

namespace suzaku::server_testing {
namespace {

constexpr std::size_t kLongestLine = 500;
constexpr std::size_t kMostLines = 200;

server::EndpointOptions of_one_loop(server::EndpointOptions options) {
  options.loops = 1;
  options.tls.reset();
  return options;
}

}  // namespace

ServerImpl::ServerImpl(server::EndpointOptions options)
    : max_queued_(options.max_queued_bytes), request_timeout_(options.request_timeout) {
  auto core = std::make_unique<server::Endpoint::Core>(of_one_loop(std::move(options)),
                                                       server::World{.clock = clock_, .blocking = [this](Task work) {
                                                                       if (holds_work_)
                                                                         return work_.push_back(std::move(work));
                                                                       loop().post(std::move(work));
                                                                     }});
  core_ = core.get();
  endpoint_ = std::unique_ptr<server::Endpoint>(new server::Endpoint(std::move(core)));
  run();  // the loop is this thread's from now on
}

ServerImpl::~ServerImpl() = default;

server::Gateway& ServerImpl::gateway() {
  core_->routes.seal();
  return core_->gateway();
}

void ServerImpl::run_blocking_work() {
  while (!work_.empty()) {
    Task work = std::move(work_.front());
    work_.pop_front();
    work();
    run();
  }
}

void ServerImpl::drain() {
  if (drain_) return run();
  drain_ = std::make_unique<transport::Drain>(loop(), sessions(), core_->drain_plan());
  drain_->start([] {});
  for (const auto& each : std::vector(calls_))  // a callback may make one more
    if (const auto call = each.lock()) call->drain();
  run();
}

std::shared_ptr<ClientImpl> ServerImpl::add_client(std::unique_ptr<ClientSession::Handler> handler,
                                                   protocol::Version version) {
  auto client = std::make_shared<ClientImpl>(shared_from_this(), ++clients_, version);
  auto session = std::make_unique<ClientSession>(*this, client, std::move(handler));
  ClientSession& opened = *session;
  client->attach(opened);
  sessions().add(std::move(session));
  opened.open();
  return client;
}

void ServerImpl::add_call(const std::shared_ptr<HttpCallImpl>& call) {
  std::erase_if(calls_, [](const auto& earlier) { return earlier.expired(); });
  calls_.push_back(call);
}

Listener& ServerImpl::listener(std::string_view topic) {
  for (const auto& listener : listeners_)
    if (listener->topic() == topic) return *listener;
  return *listeners_.emplace_back(std::make_unique<Listener>(core_->pubsub(), topic));
}

void ServerImpl::note(std::size_t client, std::string_view who, std::string_view what) {
  if (lines_.size() == kMostLines) lines_.erase(lines_.begin());
  const double seconds = std::chrono::duration<double>(clock_.elapsed()).count();
  lines_.push_back(fmt::format("  {:9.3f} s  #{} {}  {}{}\n", seconds, client, who, what.substr(0, kLongestLine),
                               what.size() > kLongestLine ? "..." : ""));
}

std::string ServerImpl::story() const {
  if (lines_.empty()) return "Nothing was sent.\n";
  std::string text = "What was sent:\n";
  for (const std::string& line : lines_) text += line;
  return text;
}

void ServerImpl::fail(const std::string& what) const {
  throw Failure(what + "\n" + story());
}

std::pair<ws::Opcode, std::string> unframed(const SharedBytes& frame) {
  std::string bytes(frame.view());
  const std::size_t size = bytes.size();
  bytes.append(net::Loop::kPadding, '\0');
  ws::Decoder decoder(ws::Role::client, size, false, nullptr);
  decoder.feed(std::span(bytes).first(size));
  const ws::Event event = decoder.next();
  return {event.opcode, std::string(event.payload)};
}

}  // namespace suzaku::server_testing
