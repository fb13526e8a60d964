#include "ws/frame.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace suzaku::ws {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint8_t, 4> kMask{0x37, 0xfa, 0x21, 0x3d};

TEST(Frame, small_text_is_written_as_in_the_rfc) {
  EXPECT_EQ(make_frame(Opcode::text, "Hello").view(), "\x81\x05Hello"sv);
}

TEST(Frame, masked_text_is_written_as_in_the_rfc) {
  EXPECT_EQ(make_masked_frame(Opcode::text, "Hello", kMask).view(), "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"sv);
}

TEST(Frame, empty_payload_is_a_bare_header) {
  EXPECT_EQ(make_frame(Opcode::ping, {}).view(), "\x89\x00"sv);
  EXPECT_EQ(make_masked_frame(Opcode::pong, {}, {1, 2, 3, 4}).view(), "\x8a\x80\x01\x02\x03\x04"sv);
}

TEST(Frame, compressed_sets_rsv1) {
  EXPECT_EQ(make_frame(Opcode::text, "x", true).view(), "\xc1\x01x"sv);
  EXPECT_EQ(make_masked_frame(Opcode::binary, "x", {0, 0, 0, 0}, true).view(), "\xc2\x81\x00\x00\x00\x00x"sv);
}

TEST(Frame, length_takes_the_shortest_form) {
  struct Row {
    std::size_t payload;
    std::string_view header;
  };
  const std::vector<Row> rows{{125, "\x82\x7d"sv},
                              {126, "\x82\x7e\x00\x7e"sv},
                              {256, "\x82\x7e\x01\x00"sv},
                              {65535, "\x82\x7e\xff\xff"sv},
                              {65536, "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"sv}};
  for (const Row& row : rows) {
    const std::string payload(row.payload, 'p');
    const SharedBytes frame = make_frame(Opcode::binary, payload);
    EXPECT_EQ(frame.view(), std::string(row.header) + payload) << row.payload;
    EXPECT_EQ(header_size(row.payload), row.header.size()) << row.payload;
  }
  std::array<char, kMaxHeader> out{};
  const std::size_t size = write_header(out.data(), Opcode::binary, 0x0102030405060708);
  EXPECT_EQ(std::string_view(out.data(), size), "\x82\x7f\x01\x02\x03\x04\x05\x06\x07\x08"sv);
}

TEST(Frame, masked_length_takes_the_shortest_form) {
  EXPECT_EQ(make_masked_frame(Opcode::text, std::string(126, 'p'), {}).view().substr(0, 8),
            "\x81\xfe\x00\x7e\x00\x00\x00\x00"sv);
  EXPECT_EQ(make_masked_frame(Opcode::text, std::string(65536, 'p'), {}).view().substr(0, 14),
            "\x81\xff\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00"sv);
}

TEST(Frame, close_carries_code_and_reason) {
  EXPECT_EQ(make_close_frame(1000, "bye").view(),
            "\x88\x05\x03\xe8"
            "bye"sv);
  EXPECT_EQ(make_close_frame(4001).view(), "\x88\x02\x0f\xa1"sv);
}

TEST(Frame, close_without_code_is_empty) {
  EXPECT_EQ(make_close_frame(std::nullopt, "ignored").view(), "\x88\x00"sv);
}

TEST(Frame, close_reason_is_cut_at_a_character) {
  const std::string fits(123, 'a');
  EXPECT_EQ(make_close_frame(1000, fits).view().substr(4), fits);
  EXPECT_EQ(make_close_frame(1000, fits + "b").view().substr(4), fits);
  const std::string start(121, 'a');
  EXPECT_EQ(make_close_frame(1000, start + "é" + "b").view().substr(4), start + "é");
  EXPECT_EQ(make_close_frame(1000, start + "日").view().substr(4), start);
  EXPECT_EQ(make_close_frame(1000, start + "b" + "🙂").view().substr(4), start + "b");
  EXPECT_EQ(make_close_frame(1000, fits + "b").view()[1], 125);
}

RC_GTEST_PROP(Frame, mask_in_pieces_equals_mask_byte_by_byte,
              (const std::string& text, std::array<std::uint8_t, 4> mask, std::uint8_t padding)) {
  std::string data = std::string(padding, 'x') + text;
  std::string expected = data;
  for (std::size_t i = 0; i < data.size(); ++i)
    expected[i] = static_cast<char>(data[i] ^ static_cast<char>(mask[i % 4]));

  const std::size_t cut = data.empty() ? 0 : *rc::gen::inRange<std::size_t>(0, data.size());
  const std::span<char> all(data);
  apply_mask(all.first(cut), mask);
  apply_mask(all.subspan(cut), mask, cut);
  RC_ASSERT(data == expected);
}

}  // namespace
}  // namespace suzaku::ws
