// The same over TLS.

#include <array>
#include <chrono>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <utility>

#include <openssl/ssl.h>

#include "server_test.hpp"
#include "support/certificates.hpp"
#include "ws/decoder.hpp"
#include "ws/frame.hpp"

namespace suzaku::test {
namespace {

using namespace std::chrono_literals;

template <auto Free>
struct Freeing {
  template <class T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, Freeing<Free>>;

void write_certificate(const server::TlsOptions& files, const std::string& name) {
  Certificate({.name = name}).write(files.certificate_file, files.key_file);
}

/// A WebSocket client over TLS, of one version of it.
class TlsClient {
 public:
  TlsClient(std::uint16_t port, int version)
      : tcp_(port), context_(SSL_CTX_new(TLS_client_method())), decoder_(ws::Role::client, 64'000'000, false) {
    SSL_CTX_set_min_proto_version(context_.get(), version);
    SSL_CTX_set_max_proto_version(context_.get(), version);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), tcp_.descriptor());
    if (SSL_connect(ssl_.get()) != 1) throw std::runtime_error("the TLS handshake failed");
    write(
        "GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
    std::string head;
    while (!head.ends_with("\r\n\r\n")) head += read(1);
    if (!head.starts_with("HTTP/1.1 101 ")) throw std::runtime_error("no upgrade: " + head);
  }

  std::string certificate_name() const {
    const Owned<X509, X509_free> certificate(SSL_get1_peer_certificate(ssl_.get()));
    std::array<char, 100> name{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name.data(), name.size());
    return name.data();
  }
  std::string version() const { return SSL_get_version(ssl_.get()); }

  void text(std::string_view message) { write(ws::make_masked_frame(ws::Opcode::text, message, {1, 2, 3, 4}).view()); }

  /// The next frame; `close_code` is set when it is a close.
  std::string next() {
    while (true) {
      const ws::Event event = decoder_.next();
      if (event.kind == ws::Event::Kind::message) return std::string(event.payload);
      if (event.kind == ws::Event::Kind::close) return close_code = event.close_code, "";
      if (event.kind == ws::Event::Kind::error) throw std::runtime_error("broken frame: " + std::string(event.payload));
      input_ = read(64 * 1024);
      input_.reserve(input_.size() + ws::Decoder::kPadding);
      decoder_.feed(input_);
    }
  }
  Json next_json() { return json(next()); }
  void join() {
    text(R"(["1","1","room:a","phx_join",{}])");
    EXPECT_EQ(next_json(), json(R"(["1","1","room:a","phx_reply",{"status":"ok","response":{}}])"));
  }

  std::uint16_t close_code = 0;

 private:
  void write(std::string_view bytes) {
    if (SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) <= 0) throw std::runtime_error("SSL_write");
  }
  std::string read(std::size_t size) {
    std::string bytes(size, '\0');
    const int got = SSL_read(ssl_.get(), bytes.data(), static_cast<int>(size));
    if (got <= 0) throw std::runtime_error("the server closed the TLS connection");
    bytes.resize(static_cast<std::size_t>(got));
    return bytes;
  }

  TcpClient tcp_;
  Owned<SSL_CTX, SSL_CTX_free> context_;
  Owned<SSL, SSL_free> ssl_;
  ws::Decoder decoder_;
  std::string input_;
};

class TlsTest : public ServerTest {
 protected:
  TlsTest() {
    write_certificate(files, "first");
    endpoint_options.tls = files;
  }

  TemporaryFolder folder;
  const server::TlsOptions files{.certificate_file = folder.file("certificate.pem"),
                                 .key_file = folder.file("key.pem")};
};

TEST_F(TlsTest, joins_and_echoes_over_both_versions) {
  class Secure : public server::UserSocket {
    server::ConnectResult connect(const server::ConnectInfo& info) override {
      return info.secure ? accept() : refuse();
    }
  };
  socket_factory = [] { return std::make_unique<Secure>(); };
  serve();
  for (const auto& [version, name] : {std::pair{TLS1_2_VERSION, "TLSv1.2"}, {TLS1_3_VERSION, "TLSv1.3"}}) {
    TlsClient client(port(), version);
    EXPECT_EQ(client.version(), name);
    client.join();
    client.text(R"(["1","2","room:a","ev",{"a":1}])");
    EXPECT_EQ(client.next_json(), json(R"(["1","2","room:a","phx_reply",{"status":"ok","response":{"a":1}}])"));
    endpoint().broadcast("room:a", "news");
    EXPECT_EQ(client.next_json(), json(R"([null,null,"room:a","news",{}])"));
  }
}

TEST_F(TlsTest, refuses_older_versions) {
  serve();
  EXPECT_THROW(TlsClient(port(), TLS1_1_VERSION), std::runtime_error);
}

TEST_F(TlsTest, carries_large_messages) {
  serve();
  TlsClient client(port(), TLS1_3_VERSION);
  client.join();
  const std::string payload = R"({"a":")" + std::string(3'000'000, 'x') + "\"}";
  for (int i = 0; i < 3; ++i) {
    client.text(R"(["1","2","room:a","ev",)" + payload + "]");
    EXPECT_NE(client.next().find(payload), std::string::npos);
  }
}

TEST_F(TlsTest, a_new_certificate_is_for_new_connections_and_old_ones_live_on) {
  serve();
  TlsClient old(port(), TLS1_3_VERSION);
  old.join();
  EXPECT_EQ(old.certificate_name(), "first");
  write_certificate(files, "second");
  EXPECT_EQ(TlsClient(port(), TLS1_3_VERSION).certificate_name(), "first") << "not before it is told to";
  const auto reloaded = endpoint().reload_tls();
  ASSERT_TRUE(reloaded);
  EXPECT_EQ(reloaded->file, files.certificate_file);
  const auto left = reloaded->valid_until - std::chrono::system_clock::now();
  EXPECT_GT(left, 50min) << "it was made for an hour";
  EXPECT_LE(left, 60min);
  EXPECT_EQ(TlsClient(port(), TLS1_3_VERSION).certificate_name(), "second");
  old.text(R"(["1","2","room:a","ev",{}])");
  EXPECT_EQ(old.next_json().at(3), "phx_reply");

  std::filesystem::remove(files.key_file);
  EXPECT_FALSE(endpoint().reload_tls());
  EXPECT_EQ(TlsClient(port(), TLS1_3_VERSION).certificate_name(), "second") << "a broken one changes nothing";
}

TEST_F(TlsTest, an_expired_certificate_is_used_and_told) {
  serve();
  Certificate({.name = "old", .valid_until = -10s}).write(files.certificate_file, files.key_file);
  const auto reloaded = endpoint().reload_tls();
  ASSERT_TRUE(reloaded);
  EXPECT_LT(reloaded->valid_until, std::chrono::system_clock::now());
  EXPECT_EQ(TlsClient(port(), TLS1_3_VERSION).certificate_name(), "old");
}

TEST_F(ServerTest, without_tls_there_is_no_certificate_to_read) {
  serve();
  const auto reloaded = endpoint().reload_tls();
  ASSERT_FALSE(reloaded);
  EXPECT_EQ(reloaded.error().code, ErrorCode::invalid);
  EXPECT_EQ(reloaded.error().message, "there is no TLS certificate to read: the server runs without TLS");
}

TEST_F(TlsTest, plain_http_and_noise_fail_cleanly) {
  serve();
  TlsClient witness(port(), TLS1_3_VERSION);
  witness.join();
  for (const std::string& bytes : {std::string("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), std::string(100, '\0'),
                                   std::string("\x16\x03\x01\xff\xff", 5)}) {
    TcpClient client(port());
    client.write(bytes);
    client.shutdown_write();
    EXPECT_EQ(client.read_to_end().find("HTTP"), std::string::npos);
  }
  witness.text(R"([null,"1","phoenix","heartbeat",{}])");
  EXPECT_EQ(witness.next_json().at(3), "phx_reply");
}

TEST_F(TlsTest, a_silent_handshake_is_given_up) {
  endpoint_options.request_timeout = std::chrono::milliseconds(100);
  serve();
  TcpClient client(port());
  client.write("\x16\x03\x01");
  client.read_to_end();
}

TEST_F(TlsTest, a_drain_closes_with_1012) {
  endpoint_options.drain.deadline = std::chrono::milliseconds(200);
  serve();
  TlsClient client(port(), TLS1_3_VERSION);
  client.join();
  endpoint().drain();
  client.next();
  EXPECT_EQ(client.close_code, 1012);
}

TEST_F(TlsTest, slow_readers_of_a_volatile_topic_find_whole_frames_in_order) {
  endpoint_options.max_queued_bytes = 1 << 20;
  channel_options.is_volatile = true;
  serve();
  TlsClient slow(port(), TLS1_3_VERSION);
  slow.join();
  constexpr int kCount = 2000;
  const std::string text(20'000, 'x');
  for (int i = 0; i < kCount; ++i) endpoint().broadcast("room:a", "n", {{"i", i}, {"text", text}});
  int last = -1;
  int found = 0;
  for (; last < kCount - 1; ++found) {
    const int i = slow.next_json().at(4).at("i").to_number<int>();
    ASSERT_GT(i, last);
    last = i;
  }
  EXPECT_LT(found, kCount);
}

TEST_F(TlsTest, who_asks_in_one_go_for_more_than_may_wait_gets_all_of_it) {
  constexpr int kCount = 600;  // 30 MB of replies
  endpoint_options.max_queued_bytes = 1 << 20;
  script.handle_in = [](ScriptedChannel& channel, std::string_view, const Payload&) {
    return channel.reply_ok({{"text", std::string(50'000, 'x')}});
  };
  serve();
  TlsClient client(port(), TLS1_3_VERSION);
  client.join();
  for (int i = 0; i < kCount; ++i) client.text(R"(["1",")" + std::to_string(i) + R"(","room:a","ev",{}])");
  for (int i = 0; i < kCount; ++i) ASSERT_EQ(client.next_json().at(1).as_string().c_str(), std::to_string(i));
}

TEST_F(TlsTest, a_certificate_that_cannot_be_read_fails_the_start) {
  endpoint_options.tls->certificate_file = folder.file("none.pem");
  server::Endpoint endpoint(endpoint_options);
  const auto started = endpoint.start();
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().message.find("none.pem"), std::string::npos);
}

class AddressTest : public ServerTest {
 protected:
  static std::string peer(std::uint16_t port, const std::string& host) {
    TcpClient client(port, host);
    client.write("GET /peer/websocket HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const std::string answer = client.read_to_end();
    return answer.substr(answer.find("\r\n\r\n") + 4);
  }
  class Telling : public server::UserSocket {
    server::ConnectResult connect(const server::ConnectInfo& info) override { return refuse(418, info.peer_address); }
  };
};

TEST_F(AddressTest, both_versions_of_ip_are_served_at_once) {
  endpoint_options.host = "::";
  serve([](server::Endpoint& endpoint) { endpoint.socket<Telling>("/peer"); });
  EXPECT_EQ(peer(port(), "127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(peer(port(), "::1"), "::1");
}

TEST_F(AddressTest, one_version_alone_can_be_served) {
  for (const auto& [mine, other] : {std::pair{"127.0.0.1", "::1"}, {"::1", "127.0.0.1"}}) {
    endpoint_options.host = mine;
    serve([](server::Endpoint& endpoint) { endpoint.socket<Telling>("/peer"); });
    EXPECT_EQ(peer(port(), mine), mine);
    EXPECT_THROW(TcpClient(port(), other), std::runtime_error);
  }
}

}  // namespace
}  // namespace suzaku::test
