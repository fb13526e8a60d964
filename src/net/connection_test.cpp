#include "net/connection.hpp"

#include <chrono>
#include <future>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "net/talker.hpp"
#include "support/certificates.hpp"
#include "support/scripted_server.hpp"

namespace suzaku::net {
namespace {

using suzaku::test::Certificate;
using suzaku::test::ScriptedServer;
using suzaku::test::ServedConnection;
using suzaku::test::TemporaryFolder;
using test::Talker;
using test::Told;

TEST(Connection, an_orderly_end_is_no_failure) {
  ScriptedServer server([](ServedConnection& client) { client.write("bye"); });
  Talker talker(server.port());
  const Told told = talker.await_end();
  EXPECT_EQ(told.received, "bye");
  EXPECT_FALSE(told.failure);
}

TEST(Connection, our_own_end_is_no_failure) {
  ScriptedServer server([](ServedConnection& client) { client.read_to_end(); });
  Talker talker(server.port());
  talker.run([](Connection& connection) { connection.abort(); });
  EXPECT_FALSE(talker.await_end().failure);
}

TEST(Connection, tells_when_the_other_side_resets_it) {
  ScriptedServer server([](ServedConnection& client) {
    client.read_some();
    client.reset();
  });
  Talker talker(server.port());
  talker.send("x");
  const Told told = talker.await_end();
  ASSERT_TRUE(told.failure);
  EXPECT_EQ(told.failure->text, "Connection reset by peer");
  EXPECT_FALSE(told.failure->is_tls);
}

TEST(Connection, tells_when_the_handler_has_thrown) {
  ScriptedServer server([](ServedConnection& client) {
    client.write("x");
    client.read_to_end();
  });
  Talker talker(server.port(), {}, [](Connection&, const std::string&) { throw std::runtime_error("no idea"); });
  const Told told = talker.await_end();
  ASSERT_TRUE(told.failure);
  EXPECT_EQ(told.failure->text, "no idea");
}

TEST(Connection, tells_once_that_what_waited_has_gone_out) {
  std::promise<void> go;
  ScriptedServer server([&](ServedConnection& client) {
    go.get_future().wait();
    const std::string got = client.read_until("end");
    client.write(std::to_string(got.size()));
    client.read_to_end();
  });
  constexpr std::size_t kSize = 16 << 20;  // more than the system takes in
  Talker talker(server.port(), {.high_water = 64 << 20, .low_water = 1000});
  talker.send(std::string(kSize, 'x'));
  talker.run([](Connection& connection) { EXPECT_GT(connection.queued_bytes(), 1000U); });
  EXPECT_EQ(talker.await([](const Told&) { return true; }).drained, 0);
  go.set_value();
  EXPECT_EQ(talker.await([](const Told& told) { return told.drained > 0; }).drained, 1);
  talker.run([](Connection& connection) { EXPECT_LE(connection.queued_bytes(), 1000U); });
  talker.send("end");  // never above the mark
  EXPECT_EQ(talker.await_text(std::to_string(kSize + 3)).drained, 1);
}

TEST(Connection, tells_of_a_drain_even_when_all_went_out_in_the_turn) {
  ScriptedServer server([](ServedConnection& client) { client.read_to_end(); });
  Talker talker(server.port(), {.low_water = 10});
  talker.send("eleven byte");
  EXPECT_EQ(talker.await([](const Told& told) { return told.drained > 0; }).drained, 1);
}

TEST(Connection, a_close_waits_for_a_peer_that_still_takes_what_is_queued) {
  constexpr std::size_t kSize = 24 << 20;  // more than the system takes in
  std::promise<std::size_t> received;
  ScriptedServer server([&](ServedConnection& client) {
    std::size_t size = 0;
    for (std::string more = client.read_some(); !more.empty(); more = client.read_some()) {
      size += more.size();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    received.set_value(size);
  });
  Talker talker(server.port(), {.high_water = 64 << 20});
  talker.run([](Connection& connection) {
    connection.send(SharedBytes::copy(std::string(kSize, 'x')));
    connection.close_after_flush(std::chrono::milliseconds(50));
  });
  EXPECT_EQ(received.get_future().get(), kSize);
  EXPECT_FALSE(talker.await_end().failure);
}

TEST(Connection, a_close_does_not_wait_for_a_peer_that_takes_nothing) {
  std::promise<void> end;
  ScriptedServer server([&](ServedConnection&) { end.get_future().wait(); });
  Talker talker(server.port(), {.high_water = 64 << 20});
  talker.run([](Connection& connection) {
    connection.send(SharedBytes::copy(std::string(24 << 20, 'x')));
    connection.close_after_flush(std::chrono::milliseconds(50));
  });
  EXPECT_FALSE(talker.await_end().failure);
  end.set_value();
}

TEST(Connection, bytes_that_are_kept_come_again_once_the_queue_has_drained) {
  ScriptedServer server([](ServedConnection& client) {
    client.write("ab");
    client.write(std::to_string(client.read_until("end").size()));
    client.read_to_end();
  });
  constexpr std::size_t kSize = 16 << 20;
  int calls = 0;
  Talker talker(server.port(), {.high_water = 64 << 20, .pause_reading = 1000},
                [&](Connection& connection, const std::string& all) {
                  ++calls;
                  if (calls == 1) {
                    connection.send(SharedBytes::copy(std::string(kSize, 'x')));
                    EXPECT_TRUE(connection.is_backed_up());
                    connection.keep(std::string_view("kept"));
                    connection.keep(std::string_view(" bytes"));
                  } else if (all.ends_with("kept bytes")) {
                    EXPECT_LE(connection.queued_bytes(), 500U);
                    EXPECT_FALSE(connection.has_unread());
                    connection.send(SharedBytes::copy("end"));
                  }
                });
  talker.await_text(std::to_string(kSize + 3));
}

/// TLS with a certificate that the client knows.
class UpgradeTest : public ::testing::Test {
 protected:
  UpgradeTest() : server_tls_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {
    const Certificate certificate({.name = "localhost", .alternative_names = "DNS:localhost"});
    certificate.write(folder_.file("certificate.pem"), folder_.file("key.pem"));
    SSL_CTX_use_certificate(server_tls_.get(), certificate.certificate());
    SSL_CTX_use_PrivateKey(server_tls_.get(), certificate.key());
    client_tls_ = TlsContext::for_client({.ca_file = folder_.file("certificate.pem")}).value();
  }

  TemporaryFolder folder_;
  std::shared_ptr<SSL_CTX> server_tls_;
  std::shared_ptr<const TlsContext> client_tls_;
};

TEST_F(UpgradeTest, tls_starts_after_plain_bytes) {
  ScriptedServer proxy([&](ServedConnection& client) {
    client.read_until("CONNECT\n");
    client.write("200\n");
    if (client.accept_tls(server_tls_.get())) client.write("secret " + client.read_until("\n"));
    client.read_to_end();
  });
  Talker talker(proxy.port(), {}, [&](Connection& connection, const std::string& all) {
    if (all != "200\n") return;
    connection.start_tls(std::make_unique<TlsSession>(client_tls_, "localhost"));
    connection.send(SharedBytes::copy("first words\n"));
    EXPECT_TRUE(connection.is_secure());
  });
  talker.send("CONNECT\n");
  const Told told = talker.await_text("words\n");
  EXPECT_EQ(told.received, "200\nsecret first words\n");
  EXPECT_TRUE(told.secured);
}

TEST_F(UpgradeTest, what_is_sent_before_the_handshake_is_done_goes_out_after_it) {
  ScriptedServer server([&](ServedConnection& client) {
    client.accept_tls(server_tls_.get());
    client.write(client.read_until("2"));
    client.read_to_end();
  });
  Talker talker(server.port());
  talker.run([&](Connection& connection) {
    connection.start_tls(std::make_unique<TlsSession>(client_tls_, "localhost"));
    connection.send(SharedBytes::copy("1"));
    connection.send(SharedBytes::copy("2"));
  });
  EXPECT_EQ(talker.await_text("2").received, "12");
}

TEST_F(UpgradeTest, large_messages_pass_both_ways_and_the_drain_is_told) {
  const std::string large = std::string(3'000'000, 'x') + "end";
  ScriptedServer server([&](ServedConnection& client) {
    client.accept_tls(server_tls_.get());
    client.write(client.read_until("end"));
    client.read_to_end();
  });
  Talker talker(server.port(), {.pause_reading = std::numeric_limits<std::size_t>::max()});
  talker.start_tls(client_tls_, "localhost");
  talker.send(large);
  const Told told = talker.await_text("end");
  EXPECT_TRUE(told.received == large);
  EXPECT_EQ(told.drained, 1);
}

TEST_F(UpgradeTest, bytes_that_still_wait_forbid_it) {
  ScriptedServer server([](ServedConnection& client) { client.read_to_end(); });
  Talker talker(server.port());
  talker.run([&](Connection& connection) {
    connection.send(SharedBytes::copy("plain"));
    EXPECT_THROW(connection.start_tls(std::make_unique<TlsSession>(client_tls_, "localhost")), std::logic_error);
  });
}

TEST_F(UpgradeTest, the_end_may_come_at_every_stage_of_the_handshake) {
  ScriptedServer server([&](ServedConnection& client) { client.accept_tls(server_tls_.get()); });
  for (int settles = 0; settles < 4; ++settles) {
    Talker talker(server.port());
    talker.start_tls(client_tls_, "localhost");
    for (int i = 0; i < settles; ++i) talker.run([](Connection&) {});
    talker.run([](Connection& connection) { connection.abort(); });
    EXPECT_FALSE(talker.await_end().failure);
  }
}

TEST_F(UpgradeTest, a_connection_that_has_ended_starts_no_tls) {
  ScriptedServer server([](ServedConnection& client) { client.read_to_end(); });
  Talker talker(server.port());
  talker.run([&](Connection& connection) {
    connection.abort();
    connection.start_tls(std::make_unique<TlsSession>(client_tls_, "localhost"));
  });
  EXPECT_FALSE(talker.await_end().secured);
}

TEST_F(UpgradeTest, a_reset_during_the_handshake_is_no_fault_of_tls) {
  ScriptedServer server([](ServedConnection& client) {
    client.read_some();
    client.reset();
  });
  Talker talker(server.port());
  talker.start_tls(client_tls_, "localhost");
  const Told told = talker.await_end();
  ASSERT_TRUE(told.failure);
  EXPECT_EQ(told.failure->text, "Connection reset by peer during the TLS handshake; does this port speak TLS?");
  EXPECT_FALSE(told.failure->is_tls);
}

}  // namespace
}  // namespace suzaku::net
