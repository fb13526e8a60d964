#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

struct ssl_st;
struct ssl_ctx_st;

namespace suzaku::test {

/// The server's end of a connection, blocking: plain, and TLS from accept_tls() on. Every wait ends, at the latest
/// after 20 seconds, as a failure.
class ServedConnection {
 public:
  explicit ServedConnection(int socket);
  ~ServedConnection();
  ServedConnection(const ServedConnection&) = delete;
  ServedConnection& operator=(const ServedConnection&) = delete;

  /// What has come, at least one byte; nothing when the client has closed, or TLS has failed.
  std::string read_some();
  /// Everything up to and with `mark`, or until the client closes.
  std::string read_until(std::string_view mark);
  /// Everything until the client closes.
  std::string read_to_end();
  void write(std::string_view bytes);

  /// False when the handshake failed.
  bool accept_tls(ssl_ctx_st* context);
  ssl_st* tls() const noexcept { return tls_.get(); }

  /// Closes with a reset instead of a farewell.
  void reset();

 private:
  int socket_;
  std::shared_ptr<ssl_st> tls_;
};

/// A server that does to each client, one after another or each on a thread of its own, what its script says. Whatever
/// a script throws ends the connection.
class ScriptedServer {
 public:
  using Script = std::function<void(ServedConnection&)>;
  enum class Clients { one_by_one, at_once };

  explicit ScriptedServer(Script script, const std::string& host = "127.0.0.1", Clients clients = Clients::one_by_one);
  /// Waits for the scripts of the present clients to end.
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::uint16_t port() const noexcept { return port_; }

 private:
  void serve(const Script& script, Clients clients) const;

  int listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace suzaku::test
