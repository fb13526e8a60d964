#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <suzaku/payload.hpp>

namespace suzaku {
namespace {

TEST(Payload, is_an_empty_object_when_nothing_is_said) {
  const Payload payload;
  EXPECT_EQ(payload.raw(), "{}");
  EXPECT_TRUE(payload.is_object());
  EXPECT_FALSE(payload.is_binary());
  EXPECT_TRUE(payload.json().as_object().empty());
}

TEST(Payload, is_written_as_members) {
  const std::string name = "alice";
  const Payload payload = {{"name", name}, {"view", std::string_view("v")}, {"n", 5}, {"on", true}, {"none", nullptr}};
  EXPECT_EQ(payload.raw(), R"({"name":"alice","view":"v","n":5,"on":true,"none":null})");
  EXPECT_TRUE(payload.is_object());
}

TEST(Payload, may_be_any_json_value) {
  const Payload list = Json{1, "two"};
  EXPECT_EQ(list.raw(), R"([1,"two"])");
  EXPECT_FALSE(list.is_object());
  EXPECT_FALSE(list.is_binary());
}

TEST(Payload, keeps_text_byte_for_byte) {
  const std::string text = " {\"z\" : 1.50, \"a\":123456789012345678901234567890, \"z\":1e3}\n";
  const Payload payload = Payload::from_text(text);
  EXPECT_EQ(payload.raw(), text);
  EXPECT_TRUE(payload.is_object());
  EXPECT_FALSE(Payload::from_text(" [1]").is_object());
}

TEST(Payload, refuses_text_that_is_not_json) {
  for (const auto* wrong : {"", "{", "{}x", "nul", "{\"a\":\"\xff\"}"})
    EXPECT_THROW(Payload::from_text(wrong), std::invalid_argument) << wrong;
}

TEST(Payload, refuses_values_that_no_json_can_say) {
  EXPECT_THROW(Payload(Json("\xff")), std::invalid_argument);
  EXPECT_THROW(Payload({{"\xc3", 1}}), std::invalid_argument);
  EXPECT_THROW(Payload(Json(std::numeric_limits<double>::infinity())), std::invalid_argument);
  EXPECT_THROW(Payload(Json(std::nan(""))), std::invalid_argument);
}

TEST(Payload, bytes_have_no_json_value) {
  const Payload bytes = Payload::binary(std::string("\0\xff", 2));
  EXPECT_TRUE(bytes.is_binary());
  EXPECT_FALSE(bytes.is_object());
  EXPECT_EQ(bytes.raw(), std::string_view("\0\xff", 2));
  EXPECT_THROW((void)bytes.json(), std::logic_error);
}

TEST(Payload, is_parsed_when_somebody_asks_and_only_once) {
  const Payload payload = Payload::from_text(R"({"a":[1]})");
  const Json& json = payload.json();
  EXPECT_EQ(json.at("a").at(0), 1);
  EXPECT_EQ(&payload.json(), &json);
}

TEST(Payload, copies_of_a_view_own_their_bytes) {
  std::string frame = R"({"a":1})";
  const Payload view = Payload::view(frame, Payload::Kind::json_object);
  EXPECT_EQ(view.raw().data(), frame.data());
  const Payload copy = view;
  Payload assigned;
  assigned = view;
  Payload moved = Payload(view);
  frame.assign(frame.size(), '#');
  EXPECT_EQ(copy.raw(), R"({"a":1})");
  EXPECT_EQ(assigned.raw(), R"({"a":1})");
  EXPECT_EQ(moved.raw(), R"({"a":1})");
  EXPECT_TRUE(copy.is_object());
}

TEST(Payload, copies_share_what_they_own) {
  const Payload payload = Payload::from_text(R"({"a":1})");
  const Payload copy = payload;
  EXPECT_EQ(copy.raw().data(), payload.raw().data());
}

TEST(Payload, survives_being_moved_and_assigned_to_itself) {
  Payload payload = Payload::from_text(R"({"a":1})");
  const Payload& same = payload;
  payload = same;
  EXPECT_EQ(payload.raw(), R"({"a":1})");
  const Payload moved = std::move(payload);
  EXPECT_EQ(moved.raw(), R"({"a":1})");
}

}  // namespace
}  // namespace suzaku
