#include "ws/decoder.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "ws/deflate.hpp"
#include "ws/frame.hpp"
#include "ws/transcript.hpp"

namespace suzaku::ws {
namespace {

using namespace std::string_literals;
using Events = std::vector<std::string>;

constexpr std::size_t kLimit = 1000;

/// A frame as a client sends it, with a mask of zeros, so that its payload can be read. `first`: FIN, RSV and opcode.
std::string masked(unsigned char first, std::string_view payload) {
  std::string frame{static_cast<char>(first)};
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80 | payload.size());
  } else {
    frame += {'\xfe', static_cast<char>(payload.size() >> 8), static_cast<char>(payload.size() & 0xff)};
  }
  return frame.append(4, '\0').append(payload);
}

Events server_events(std::string_view bytes, std::size_t limit = kLimit) {
  Decoder decoder(Role::server, limit, false);
  return transcript(decoder, bytes);
}

Events deflate_events(std::string_view bytes, std::size_t limit = kLimit) {
  Decoder decoder(Role::server, limit, true);
  Inflater inflater;
  return transcript(decoder, bytes, {}, &inflater);
}

Events client_events(std::string_view bytes) {
  Decoder decoder(Role::client, kLimit, false);
  return transcript(decoder, bytes);
}

struct Row {
  const char* what;
  std::string bytes;
  Events events;
};

TEST(Decoder, reads_what_a_client_sends) {
  const std::vector<Row> rows{
      {"masked text of the RFC", "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s, {"text Hello"}},
      {"binary", masked(0x82, "\0\xff"s), {"binary \0\xff"s}},
      {"empty text", masked(0x81, ""), {"text "}},
      {"ping and pong", masked(0x89, "a") + masked(0x8a, "b"), {"ping a", "pong b"}},
      {"longest ping", masked(0x89, std::string(125, 'p')), {"ping " + std::string(125, 'p')}},
      {"16-bit length", masked(0x81, std::string(126, 'x')), {"text " + std::string(126, 'x')}},
      {"fragments", masked(0x01, "Hel") + masked(0x00, "") + masked(0x80, "lo"), {"text Hello"}},
      {"fragments of nothing", masked(0x02, "") + masked(0x80, ""), {"binary "}},
      {"ping between fragments",
       masked(0x01, "Hel") + masked(0x89, "!") + masked(0x80, "lo"),
       {"ping !", "text Hello"}},
      {"two messages", masked(0x81, "a") + masked(0x81, "b"), {"text a", "text b"}},
      {"character cut by fragments", masked(0x01, "\xc3") + masked(0x80, "\xa9"), {"text é"}},
      {"half a frame", masked(0x81, "Hello").substr(0, 8), {}},
  };
  for (const Row& row : rows) EXPECT_EQ(server_events(row.bytes), row.events) << row.what;
}

TEST(Decoder, reads_what_a_server_sends) {
  EXPECT_EQ(client_events("\x81\x05Hello"s), Events{"text Hello"});
  EXPECT_EQ(client_events("\x01\x03Hel\x89\x00\x80\x02lo"s), (Events{"ping ", "text Hello"}));
}

TEST(Decoder, reads_a_64_bit_length) {
  const std::string payload(65536, 'x');
  const std::string frame = "\x82\xff\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00"s + payload;
  EXPECT_EQ(server_events(frame, payload.size()), Events{"binary " + payload});
}

TEST(Decoder, refuses_what_breaks_the_protocol) {
  const std::vector<Row> rows{
      {"no mask from a client", "\x81\x05Hello"s, {"error 1002"}},
      {"no mask on a ping", "\x89\x00"s, {"error 1002"}},
      {"RSV1 without deflate", masked(0xc1, "x"), {"error 1002"}},
      {"RSV2", masked(0xa1, "x"), {"error 1002"}},
      {"RSV3", masked(0x91, "x"), {"error 1002"}},
      {"opcode 3", masked(0x83, "x"), {"error 1002"}},
      {"opcode 7", masked(0x87, "x"), {"error 1002"}},
      {"opcode 11", masked(0x8b, "x"), {"error 1002"}},
      {"opcode 15", masked(0x8f, "x"), {"error 1002"}},
      {"fragmented ping", masked(0x09, "x"), {"error 1002"}},
      {"fragmented close", masked(0x08, ""), {"error 1002"}},
      {"long ping", masked(0x89, std::string(126, 'x')), {"error 1002"}},
      {"continuation of nothing", masked(0x80, "x"), {"error 1002"}},
      {"continuation after the end", masked(0x81, "x") + masked(0x80, "y"), {"text x", "error 1002"}},
      {"text inside fragments", masked(0x01, "x") + masked(0x81, "y"), {"error 1002"}},
      {"binary inside fragments", masked(0x01, "x") + masked(0x02, "y"), {"error 1002"}},
      {"16-bit length below 126", "\x81\xfe\x00\x7d\x00\x00\x00\x00"s, {"error 1002"}},
      {"64-bit length below 65536", "\x81\xff\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00\x00\x00"s, {"error 1002"}},
      {"64-bit length with the top bit", "\x81\xff\x80\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00"s, {"error 1002"}},
  };
  for (const Row& row : rows) EXPECT_EQ(server_events(row.bytes), row.events) << row.what;
  EXPECT_EQ(client_events("\x81\x81\x00\x00\x00\x00x"s), Events{"error 1002"}) << "a mask from a server";
}

TEST(Decoder, reads_close_frames) {
  EXPECT_EQ(server_events(masked(0x88, "")), Events{"close 1005 "});
  EXPECT_EQ(server_events(masked(0x88,
                                 "\x03\xe8"
                                 "bye")),
            Events{"close 1000 bye"});
  EXPECT_EQ(server_events(masked(0x88, "\x03")), Events{"error 1002"}) << "half a code";
  EXPECT_EQ(server_events(masked(0x88, "\x03\xe8\xff")), Events{"error 1007"}) << "reason is not UTF-8";
}

TEST(Decoder, knows_which_close_codes_may_be_sent) {
  const auto answer = [](int code) {
    const std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
    return server_events(masked(0x88, payload));
  };
  for (const int code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4000, 4999}) {
    EXPECT_EQ(answer(code), Events{"close " + std::to_string(code) + " "});
  }
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535}) {
    EXPECT_EQ(answer(code), Events{"error 1002"}) << code;
  }
}

TEST(Decoder, refuses_text_that_is_not_utf8) {
  EXPECT_EQ(server_events(masked(0x81, "\xff")), Events{"error 1007"});
  EXPECT_EQ(server_events(masked(0x81, "\xed\xa0\x80")), Events{"error 1007"}) << "a surrogate";
  EXPECT_EQ(server_events(masked(0x01, "\xc3") + masked(0x80, "x")), Events{"error 1007"});
  EXPECT_EQ(server_events(masked(0x82, "\xff")), Events{"binary \xff"});
}

TEST(Decoder, refuses_a_message_over_the_limit_before_its_bytes_come) {
  EXPECT_EQ(server_events(masked(0x81, std::string(1000, 'x'))).size(), 1U);
  EXPECT_EQ(server_events(masked(0x81, std::string(1001, 'x')).substr(0, 8)), Events{"error 1009"});
  EXPECT_EQ(server_events("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00"s), Events{"error 1009"});
}

TEST(Decoder, counts_all_fragments_towards_the_limit) {
  const std::string half(500, 'x');
  EXPECT_EQ(server_events(masked(0x01, half) + masked(0x80, half)), Events{"text " + half + half});
  EXPECT_EQ(server_events(masked(0x01, half) + masked(0x00, half) + masked(0x80, "y").substr(0, 6)),
            Events{"error 1009"});
  EXPECT_EQ(server_events(masked(0x01, "12345") + masked(0x89, "ping"), 5), Events{"ping ping"});
}

TEST(Decoder, says_nothing_after_a_close_or_an_error) {
  const std::string text = masked(0x81, "more");
  for (const std::string& end : {masked(0x88, ""), masked(0x83, "")}) {
    Decoder decoder(Role::server, kLimit, false);
    EXPECT_EQ(transcript(decoder, end + text).size(), 1U);
    EXPECT_EQ(transcript(decoder, text), Events{});
  }
}

TEST(Decoder, inflates_compressed_messages) {
  const std::string hello = "\xf2\x48\xcd\xc9\xc9\x07\x00"s;
  EXPECT_EQ(deflate_events(masked(0xc1, hello)), Events{"text Hello"});
  EXPECT_EQ(deflate_events(masked(0x81, "plain")), Events{"text plain"});
  EXPECT_EQ(deflate_events(masked(0x41, hello.substr(0, 3)) + masked(0x89, "!") + masked(0x80, hello.substr(3))),
            (Events{"ping !", "text Hello"}));
}

TEST(Decoder, refuses_rsv1_where_it_means_nothing) {
  EXPECT_EQ(deflate_events(masked(0x41, "x") + masked(0xc0, "x")), Events{"error 1002"}) << "on a continuation";
  EXPECT_EQ(deflate_events(masked(0xc9, "")), Events{"error 1002"}) << "on a ping";
  EXPECT_EQ(deflate_events(masked(0xe1, "x")), Events{"error 1002"}) << "with RSV2";
}

TEST(Decoder, judges_what_was_inflated) {
  Deflater deflater;
  const std::string fits(deflater.deflate(std::string(kLimit, 'x')));
  const std::string bomb(deflater.deflate(std::string(kLimit + 1, 'x')));
  const std::string latin(deflater.deflate("\xe9"));
  EXPECT_EQ(deflate_events(masked(0xc1, fits)), Events{"text " + std::string(kLimit, 'x')});
  EXPECT_EQ(deflate_events(masked(0xc1, bomb)), Events{"error 1009"});
  EXPECT_EQ(deflate_events(masked(0x42, bomb.substr(0, 3)) + masked(0x80, bomb.substr(3))), Events{"error 1009"});
  EXPECT_EQ(deflate_events(masked(0xc1, latin)), Events{"error 1007"});
  EXPECT_EQ(deflate_events(masked(0xc2, "\xff\xff")), Events{"error 1007"}) << "corrupt";
}

TEST(Decoder, wants_an_inflater_once_deflate_was_agreed_on) {
  Decoder decoder(Role::server, kLimit, true);
  EXPECT_THROW(transcript(decoder, masked(0xc1, "\xf2\x48\xcd\xc9\xc9\x07")), std::logic_error);
}

TEST(Decoder, hands_a_whole_frame_out_where_it_lies) {
  Decoder decoder(Role::server, kLimit, false);
  std::string bytes = masked(0x81, "in place");
  bytes.resize(bytes.size() + Decoder::kPadding);
  const char* payload = bytes.data() + 6;
  decoder.feed(std::span(bytes).first(bytes.size() - Decoder::kPadding));
  EXPECT_EQ(decoder.next().payload.data(), payload);
  EXPECT_EQ(decoder.buffered(), 0U);
}

TEST(Decoder, keeps_a_payload_until_the_next_call_and_then_no_memory) {
  Decoder decoder(Role::server, kLimit, false);
  std::string bytes = masked(0x01, "Hel") + masked(0x80, "lo") + std::string(Decoder::kPadding, '\0');
  const std::span<char> input = std::span(bytes).first(bytes.size() - Decoder::kPadding);
  decoder.feed(input.first(4));
  EXPECT_EQ(decoder.next().kind, Event::Kind::need_more);
  EXPECT_GT(decoder.buffered(), 0U);
  decoder.feed(input.subspan(4));
  const Event event = decoder.next();
  EXPECT_EQ(event.payload, "Hello");
  EXPECT_EQ(decoder.next().kind, Event::Kind::need_more);
  EXPECT_EQ(decoder.buffered(), 0U);
}

TEST(Decoder, holds_no_memory_after_a_close_inside_a_message) {
  Decoder decoder(Role::server, kLimit, false);
  transcript(decoder, masked(0x01, "begun") + masked(0x88, ""));
  EXPECT_EQ(decoder.buffered(), 0U);
}

TEST(Decoder, memory_grows_with_what_came_and_not_with_what_was_promised) {
  constexpr std::size_t kMessage = 10'000'000;
  const std::string payload(kMessage, 'x');
  const SharedBytes frame = make_masked_frame(Opcode::text, payload, {1, 2, 3, 4});
  Decoder decoder(Role::server, kMessage, false);
  std::string message;
  for (std::size_t sent = 0; sent < frame.size();) {
    const std::string_view piece = frame.view().substr(sent, 65536);
    sent += piece.size();
    std::string input = std::string(piece) + std::string(Decoder::kPadding, '\0');
    decoder.feed(std::span(input).first(piece.size()));
    const Event event = decoder.next();
    EXPECT_LE(decoder.buffered(), 2 * sent + 1000);
    if (event.kind == Event::Kind::message) message = event.payload;
  }
  EXPECT_TRUE(message == payload);
}

TEST(Decoder, gives_back_what_is_not_used_up_to_be_fed_later) {
  Decoder decoder(Role::server, kLimit, false);
  std::string bytes =
      masked(0x01, "on") + masked(0x80, "e") + masked(0x81, "two") + std::string(Decoder::kPadding, '\0');
  const std::span<char> input = std::span(bytes).first(bytes.size() - Decoder::kPadding);
  decoder.feed(input);
  EXPECT_EQ(decoder.next().payload, "one");
  const std::span<char> rest = decoder.take_rest();
  EXPECT_EQ(rest.size(), masked(0x81, "two").size());
  EXPECT_EQ(decoder.buffered(), 0U) << "what was handed out is forgotten";
  EXPECT_EQ(decoder.next().kind, Event::Kind::need_more);
  decoder.feed(rest);
  EXPECT_EQ(decoder.next().payload, "two");
  EXPECT_EQ(decoder.take_rest().size(), 0U);
}

TEST(Decoder, is_small_while_idle) {
  static_assert(sizeof(Decoder) <= 64);
}

}  // namespace
}  // namespace suzaku::ws
