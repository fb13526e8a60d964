#include <stdexcept>
#include <string>

#include <suzaku/client/event_stream.hpp>

#include "client/client_test.hpp"

namespace suzaku::client {
namespace {

class EventStreams : public ClientTest {
 protected:
  /// What waits, by its numbers.
  static std::string taken(EventStream& events) {
    std::string numbers;
    while (true) {
      auto next = events.next();
      if (!next.await_ready()) return numbers;
      numbers += std::to_string(next.await_resume()->payload.json().at("n").as_int64());
    }
  }
  static Payload number(int n, std::size_t bytes = 0) { return {{"n", n}, {"text", std::string(bytes, 'x')}}; }
};

TEST_F(EventStreams, drop_the_oldest_beyond_their_capacity) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  EventStream news = room.events("news", 3);
  for (int n = 1; n <= 5; ++n) connection.broadcast("room:1", "news", number(n));
  EXPECT_EQ(news.dropped(), 2u);
  EXPECT_EQ(taken(news), "345");
  connection.broadcast("room:1", "news", number(6));
  EXPECT_EQ(taken(news), "6");
}

TEST_F(EventStreams, drop_the_oldest_beyond_their_bytes) {
  const testing::Connection connection = connect();
  Channel room = joined(connection);
  EventStream news = room.events("news", 1'000, 10'000);
  for (int n = 1; n <= 9; ++n) connection.broadcast("room:1", "news", number(n, 3'000));
  EXPECT_EQ(news.dropped(), 6u);
  EXPECT_EQ(taken(news), "789");
  for (int n = 1; n <= 3; ++n) connection.broadcast("room:1", "news", number(n, 3'000));
  EXPECT_EQ(news.dropped(), 6u) << "what was taken makes room";
  connection.broadcast("room:1", "news", number(4, 100'000));
  EXPECT_EQ(taken(news), "4") << "one may be larger than all of the room";
}

TEST_F(EventStreams, need_room_for_one_message) {
  Channel room = socket.channel("room:1");
  EXPECT_THROW(room.events("news", 0), std::invalid_argument);
  EXPECT_THROW(room.events("news", 1, 0), std::invalid_argument);
}

}  // namespace
}  // namespace suzaku::client
