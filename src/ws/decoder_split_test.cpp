#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "ws/decoder.hpp"
#include "ws/deflate.hpp"
#include "ws/frame.hpp"
#include "ws/transcript.hpp"

/// Where the network cuts the bytes must not matter.
namespace suzaku::ws {
namespace {

using Events = std::vector<std::string>;

constexpr std::size_t kLargestMessage = 1 << 20;

/// Frames of a client, and the events they stand for.
struct Conversation {
  std::string bytes;
  Events events;
};

std::string generate_text() {
  const auto characters = *rc::gen::container<std::vector<std::string>>(
      rc::gen::elementOf(std::vector<std::string>{"a", "\n", "é", "日", "🙂"}));
  std::string text;
  for (const std::string& character : characters) text += character;
  // Of each length form: as it is, over 125 bytes, over 65,535 bytes.
  const std::size_t least = *rc::gen::weightedElement<std::size_t>({{20, 0}, {4, 126}, {1, 65536}});
  std::string repeated = text;
  while (!text.empty() && repeated.size() < least) repeated += text;
  return repeated;
}

/// One masked frame. A first byte other than make_masked_frame()'s makes a fragment of it.
std::string frame(unsigned char first, std::string_view payload) {
  const auto mask = *rc::gen::arbitrary<std::array<std::uint8_t, 4>>();
  std::string bytes(make_masked_frame(Opcode::text, payload, mask).view());
  bytes[0] = static_cast<char>(first);
  return bytes;
}

void add_ping(Conversation& conversation) {
  const std::string payload(*rc::gen::inRange<std::size_t>(0, 126), 'p');
  conversation.bytes += frame(0x89, payload);
  conversation.events.push_back("ping " + payload);
}

/// A message in one frame or several, compressed or not, with pings between them.
void add_message(Conversation& conversation, Deflater& deflater) {
  const bool is_text = *rc::gen::arbitrary<bool>();
  const bool compressed = *rc::gen::arbitrary<bool>();
  const std::string text = generate_text() + (is_text ? "" : "\xff");
  std::string payload = compressed ? std::string(deflater.deflate(text)) : text;
  auto first = static_cast<unsigned char>((is_text ? 1 : 2) | (compressed ? 0x40 : 0));
  for (int fragments = *rc::gen::inRange(0, 4); fragments > 0; --fragments) {
    const std::size_t size = *rc::gen::inRange<std::size_t>(0, payload.size() + 1);
    conversation.bytes += frame(first, payload.substr(0, size));
    payload.erase(0, size);
    first = 0;
    if (*rc::gen::arbitrary<bool>()) add_ping(conversation);
  }
  conversation.bytes += frame(first | 0x80, payload);
  conversation.events.push_back((is_text ? "text " : "binary ") + text);
}

Conversation generate_conversation() {
  Conversation conversation;
  Deflater deflater;
  for (int messages = *rc::gen::inRange(0, 5); messages > 0; --messages) {
    add_message(conversation, deflater);
    if (*rc::gen::arbitrary<bool>()) add_ping(conversation);
  }
  return conversation;
}

RC_GTEST_PROP(DecoderSplit, valid_frames_decode_to_the_same_events_however_they_are_cut, ()) {
  const Conversation conversation = generate_conversation();
  Inflater inflater;
  const auto largest = *rc::gen::elementOf(std::vector<std::size_t>{4, 20, 300, 70000});
  const auto sizes =
      *rc::gen::nonEmpty(rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(1, largest)));
  Decoder in_pieces(Role::server, kLargestMessage, true);
  RC_ASSERT(transcript(in_pieces, conversation.bytes, sizes, &inflater) == conversation.events);
  RC_ASSERT(in_pieces.buffered() == 0U);
  Decoder whole(Role::server, kLargestMessage, true);
  RC_ASSERT(transcript(whole, conversation.bytes, {}, &inflater) == conversation.events);
}

RC_GTEST_PROP(DecoderSplit, any_bytes_decode_to_the_same_events_however_they_are_cut,
              (const std::vector<std::uint8_t>& noise, const std::vector<std::size_t>& sizes)) {
  std::string bytes = frame(*rc::gen::arbitrary<unsigned char>(), "some payload");
  bytes.append(noise.begin(), noise.end());
  constexpr std::size_t kSmall = 100;
  Inflater inflater;
  Decoder in_pieces(Role::server, kSmall, true);
  Decoder whole(Role::server, kSmall, true);
  RC_ASSERT(transcript(in_pieces, bytes, sizes, &inflater) == transcript(whole, bytes, {}, &inflater));
}

TEST(DecoderSplit, a_frame_of_each_length_form_may_come_byte_by_byte) {
  for (const std::size_t size : {0U, 1U, 125U, 126U, 65535U, 65536U}) {
    const std::string payload(size, 'x');
    const std::vector<std::size_t> byte_by_byte{1};
    Decoder decoder(Role::server, kLargestMessage, false);
    const SharedBytes sent = make_masked_frame(Opcode::text, payload, {9, 8, 7, 6});
    EXPECT_EQ(transcript(decoder, sent.view(), byte_by_byte), Events{"text " + payload});
    EXPECT_EQ(decoder.buffered(), 0U);
  }
}

RC_GTEST_PROP(DecoderSplit, what_a_server_encodes_a_client_decodes, (const std::vector<std::uint8_t>& noise)) {
  const std::string payload(noise.begin(), noise.end());
  Decoder decoder(Role::client, kLargestMessage, false);
  RC_ASSERT(transcript(decoder, make_frame(Opcode::binary, payload).view()) == Events{"binary " + payload});
  const std::string reason = generate_text();
  const Events close = transcript(decoder, make_close_frame(4321, reason).view());
  RC_ASSERT(close == Events{"close 4321 " + std::string(make_close_frame(4321, reason).view().substr(4))});
}

}  // namespace
}  // namespace suzaku::ws
