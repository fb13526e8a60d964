#include "swarm.hpp"

#include <array>
#include <charconv>

#include <sys/epoll.h>

#include "failure.hpp"

namespace phxload {
namespace {

using namespace std::chrono_literals;

constexpr auto kJoinDeadline = 120s;
constexpr std::uint32_t kConnectsPerTurn = 64;
constexpr std::size_t kReadBuffer = std::size_t{256} * 1024;

void append_number(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits{};
  char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void watch(int epoll, int operation, const Connection& connection, bool for_writing) {
  epoll_event event{};
  event.events = EPOLLIN;
  if (for_writing) event.events |= EPOLLOUT;
  event.data.u32 = connection.id;
  ::epoll_ctl(epoll, operation, connection.fd(), &event);
}

}  // namespace

std::uint64_t now_ns() {
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(Clock::now().time_since_epoch()).count());
}

Swarm::Swarm(const Options& options)
    : options_(options),
      body_(static_cast<std::size_t>(options.size), 'x'),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      read_buffer_(kReadBuffer) {
  for (int i = 0; i < options.topics; ++i) {
    topics_.push_back(options.topics > 1 ? options.topic + std::to_string(i) : options.topic);
  }
}

void Swarm::join_all() {
  const auto deadline = Clock::now() + kJoinDeadline;
  const auto count = static_cast<std::uint32_t>(options_.conns);
  connections_.reserve(count);
  for (std::uint32_t id = 0; id < count && Clock::now() < deadline; ++id) {
    connect(id);
    if (id % kConnectsPerTurn == kConnectsPerTurn - 1) turn(0ms);
  }
  while (joined_ < options_.conns && errors_ == 0 && Clock::now() < deadline) turn(100ms);
  if (joined_ < options_.conns) {
    throw Failure{Failure::kJoin, "joined " + std::to_string(joined_) + " of " + std::to_string(options_.conns) + ": " +
                                      (errors_ > 0 ? first_error_ : "the others got no answer within 120 s")};
  }
}

void Swarm::connect(std::uint32_t id) {
  auto& connection = connections_.emplace_back(id, connect_to(options_.host, options_.port, id));
  watch(epoll_.get(), EPOLL_CTL_ADD, connection, false);
  connection.out = upgrade_request(options_.path + "?vsn=2.0.0" + options_.query, options_.port);
  flush(connection);
}

void Swarm::push(Connection& connection, std::string_view event) {
  text_ = "[\"1\",\"";
  append_number(text_, ++connection.last_ref);
  text_ += "\",\"";
  text_ += topic_of(connection);
  text_ += "\",\"";
  text_ += event;
  text_ += "\",{\"t\":";
  append_number(text_, now_ns());
  text_ += ",\"b\":\"";
  text_ += body_;
  text_ += "\"}]";
  append_frame(connection.out, Opcode::kText, text_);
}

void Swarm::flush(Connection& connection) {
  const auto flushed = connection.flush();
  if (flushed == Connection::Flushed::kBroken) return broken(connection, "sending failed");
  const bool waits = flushed == Connection::Flushed::kPart;
  if (waits == connection.wants_write) return;
  connection.wants_write = waits;
  watch(epoll_.get(), EPOLL_CTL_MOD, connection, waits);
}

void Swarm::run_until(Clock::time_point end) {
  while (Clock::now() < end) turn(10ms);
}

void Swarm::turn(std::chrono::milliseconds longest) {
  std::array<epoll_event, 512> events;
  const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), static_cast<int>(longest.count()));
  for (int i = 0; i < count; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    Connection& connection = connections_[event.data.u32];
    if (event.events & EPOLLOUT) flush(connection);
    if (event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read(connection);
  }
}

void Swarm::read(Connection& connection) {
  bool open = true;
  std::string_view bytes = connection.receive(read_buffer_, open);
  if (connection.state == Connection::State::kUpgrading) finish_upgrade(connection, bytes);
  if (connection.state != Connection::State::kUpgrading) {
    while (const auto frame = take_frame(bytes)) on_frame(connection, *frame);
  }
  connection.keep(bytes);
  if (!open) return broken(connection, "the server closed it");
  if (!connection.out.empty()) flush(connection);
}

void Swarm::finish_upgrade(Connection& connection, std::string_view& bytes) {
  constexpr std::string_view kHeaderEnd = "\r\n\r\n";
  const auto end = bytes.find(kHeaderEnd);
  if (end == std::string_view::npos) return;
  if (!bytes.starts_with("HTTP/1.1 101")) {
    return broken(connection, "upgrade refused: " + std::string(bytes.substr(0, bytes.find("\r\n"))));
  }
  bytes.remove_prefix(end + kHeaderEnd.size());
  connection.state = Connection::State::kJoining;
  connection.last_ref = 1;
  append_frame(connection.out, Opcode::kText,
               "[\"1\",\"1\",\"" + topic_of(connection) + "\",\"phx_join\"," + options_.join + "]");
}

void Swarm::on_frame(Connection& connection, const Frame& frame) {
  switch (frame.opcode) {
    case Opcode::kText:
      if (connection.state == Connection::State::kJoined) return on_text_(connection, frame.payload);
      return finish_join(connection, frame.payload);
    case Opcode::kPing:
      return append_frame(connection.out, Opcode::kPong, frame.payload);
    case Opcode::kClose:
      return broken(connection, "the server sent a close frame");
    default:
      return;
  }
}

void Swarm::finish_join(Connection& connection, std::string_view reply) {
  if (reply.find("phx_reply") == std::string_view::npos) return;
  if (reply.find("\"status\":\"ok\"") == std::string_view::npos) {
    return broken(connection, "join refused: " + std::string(reply.substr(0, 200)));
  }
  connection.state = Connection::State::kJoined;
  ++joined_;
}

void Swarm::broken(Connection& connection, const std::string& why) {
  if (errors_++ == 0) first_error_ = "connection " + std::to_string(connection.id + 1) + ": " + why;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, connection.fd(), nullptr);
}

}  // namespace phxload
