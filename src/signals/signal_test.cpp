#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <suzaku/signals/signal.hpp>

#include "protocol/json_generator.hpp"

namespace suzaku::signals {
namespace {

using namespace std::chrono_literals;

Signal minimal() {
  Signal signal;
  signal.id = "1";
  signal.source = "/here";
  signal.type = "a.b";
  return signal;
}

/// The reason of the refusal; "" if the event is accepted.
std::string refusal(const std::string& members) {
  const auto read = parse_signal(R"({"specversion":"1.0","id":"1","source":"/here","type":"a.b")" + members + "}");
  if (read) return "";
  EXPECT_EQ(read.error().code, ErrorCode::invalid);
  return read.error().message;
}

TEST(Signal, is_written_in_the_structured_form_of_cloudevents) {
  Signal signal = minimal();
  signal.subject = "room:lobby";
  signal.time = std::chrono::sys_days(std::chrono::year(2026) / 1 / 31) + 12h + 5us;
  signal.connection = "backend";
  signal.phoenixtopic = "room:lobby";
  signal.phoenixevent = "say \"hi\"";
  signal.phoenixkind = "push";
  signal.extensions = {{"priority", 7}, {"urgent", true}, {"empty", ""}};
  signal.data = Payload::from_text(R"({"n": 12345678901234567890.10})");
  EXPECT_EQ(
      to_json_text(signal),
      R"({"specversion":"1.0","id":"1","source":"/here","type":"a.b","subject":"room:lobby",)"
      R"("time":"2026-01-31T12:00:00.000005Z","datacontenttype":"application/json","connection":"backend",)"
      R"("phoenixtopic":"room:lobby","phoenixevent":"say \"hi\"","phoenixkind":"push","priority":7,"urgent":true,)"
      R"("empty":"","data":{"n": 12345678901234567890.10}})");
}

TEST(Signal, is_one_line_even_if_its_data_has_several) {
  Signal signal = minimal();
  signal.data = Payload::from_text("{\n\"a\":\r\n\"\\n\"}");
  const std::string text = to_json_text(signal);
  EXPECT_EQ(text.find_first_of("\r\n"), text.npos);
  EXPECT_EQ(boost::json::parse(text).at("data"), (Json{{"a", "\n"}}));
}

TEST(Signal, bytes_are_written_in_base64) {
  const std::string bytes = std::string("\xff\x00", 2) + "suzaku";
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    Signal signal = minimal();
    signal.data = Payload::binary(bytes.substr(0, size));
    const auto read = parse_signal(to_json_text(signal));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_TRUE(read->data.is_binary());
    EXPECT_EQ(read->data.raw(), bytes.substr(0, size));
    EXPECT_EQ(read->datacontenttype(), "application/octet-stream");
  }
  Signal signal = minimal();
  signal.data = Payload::binary("foobar");
  EXPECT_NE(to_json_text(signal).find(R"("data_base64":"Zm9vYmFy")"), std::string::npos);
}

// The first example of the JSON format's specification.
TEST(Signal, a_foreign_event_is_read_and_written_without_changes) {
  const std::string text = R"({
    "specversion" : "1.0", "type" : "com.example.someevent", "source" : "/mycontext", "subject": null,
    "id" : "C234-1234-1234", "time" : "2018-04-05T17:31:00Z", "comexampleextension1" : "value",
    "comexampleothervalue" : 5, "datacontenttype" : "application/vnd.apache.thrift.binary",
    "dataschema": "https://example.com/schema", "data_base64" : "Zm9v" })";
  const auto read = parse_signal(text);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->type, "com.example.someevent");
  EXPECT_EQ(read->time, std::chrono::sys_days(std::chrono::year(2018) / 4 / 5) + 17h + 31min);
  EXPECT_EQ(read->data.raw(), "foo");
  Json said = boost::json::parse(to_json_text(*read));
  Json expected = boost::json::parse(text);
  expected.as_object().erase("subject");
  expected.at("time") = "2018-04-05T17:31:00.000000Z";
  EXPECT_EQ(said, expected);
}

TEST(Signal, a_string_in_another_format_stays_a_string) {
  const auto read = parse_signal(
      R"({"specversion":"1.0","id":"1","source":"/","type":"t","datacontenttype":"text/xml","data":"<a b=\"c\"/>"})");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->datacontenttype(), "text/xml");
  EXPECT_EQ(read->data.raw(), R"("<a b=\"c\"/>")");
  EXPECT_NE(to_json_text(*read).find("\"text/xml\""), std::string::npos);
}

TEST(Signal, invalid_cloudevents_are_refused) {
  EXPECT_EQ(refusal(""), "");
  EXPECT_EQ(refusal(R"(,"priority":2147483647,"data":[1e5])"), "");
  EXPECT_NE(refusal(R"(,"priority":2147483648)"), "");
  EXPECT_NE(refusal(R"(,"priority":1.5)"), "");
  EXPECT_NE(refusal(R"(,"priority":1e999999999999)"), "");
  EXPECT_NE(refusal(R"(,"priority":[1])"), "");
  EXPECT_NE(refusal(R"(,"Priority":1)"), "");
  EXPECT_NE(refusal(R"(,"a_b":1)"), "");
  EXPECT_NE(refusal(R"(,"":1)"), "");
  EXPECT_EQ(refusal(R"(,"abcdefghijklmnopqrst":1)"), "");
  EXPECT_NE(refusal(R"(,"abcdefghijklmnopqrstu":1)"), "");
  EXPECT_NE(refusal(R"(,"id":"2")"), "");
  EXPECT_NE(refusal(R"(,"subject":5)"), "");
  EXPECT_NE(refusal(R"(,"subject":"a\nb")"), "");
  EXPECT_NE(refusal(R"(,"subject":"a\u0085b")"), "");
  EXPECT_NE(refusal(R"(,"subject":"a\ufdd0b")"), "");
  EXPECT_NE(refusal(R"(,"subject":"a\uffffb")"), "");
  EXPECT_NE(refusal(R"(,"subject":"\ud83f\udffe")"), "");
  EXPECT_EQ(refusal(R"(,"subject":"\ufdcf\ufdf0\ufffd\ud83f\udffd")"), "");
  EXPECT_NE(refusal(R"(,"dataschema":"no uri")"), "");
  EXPECT_NE(refusal(R"(,"datacontenttype":"json")"), "");
  EXPECT_NE(refusal(R"(,"data":1,"data_base64":"")"), "");
  EXPECT_NE(refusal(R"(,"data_base64":"Zm9")"), "");
  EXPECT_NE(refusal(R"(,"data_base64":"Zm9=")"), "");
  EXPECT_NE(refusal(R"(,"data_base64":"Z===")"), "");
  EXPECT_NE(refusal(R"(,"data_base64":"Zm-v")"), "");
  EXPECT_NE(refusal(R"(,"data":)"), "");
}

TEST(Signal, forbidden_characters_of_attributes_are_percent_encoded) {
  Signal signal = minimal();
  signal.type = "a\x01";
  signal.subject = "a\tb \u0085 é \x7f";
  signal.phoenixevent = "100%\n";
  signal.phoenixtopic = "100%";
  signal.connection = "\ufdd0\uffff\U0010fffe";
  signal.extensions = {{"text", "\x1b"}};
  signal.data = {{"text", "\x1b"}};
  const auto read = parse_signal(to_json_text(signal));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->type, "a%01");
  EXPECT_EQ(read->subject, "a%09b %C2%85 é %7F");
  EXPECT_EQ(read->phoenixevent, "100%%0A");
  EXPECT_EQ(read->phoenixtopic, "100%");
  EXPECT_EQ(read->connection, "%EF%B7%90%EF%BF%BF%F4%8F%BF%BE");
  EXPECT_EQ(read->extensions.at("text"), "%1B");
  EXPECT_EQ(read->data.json().at("text"), "\x1b");
}

TEST(Signal, required_attributes_must_be_present) {
  const std::vector<std::string> all = {R"("specversion":"1.0")", R"("id":"1")", R"("source":"/here")",
                                        R"("type":"a")"};
  for (const std::string& left_out : all) {
    std::string text;
    for (const std::string& member : all)
      if (member != left_out) text += (text.empty() ? "{" : ",") + member;
    EXPECT_FALSE(parse_signal(text + "}")) << left_out;
  }
  EXPECT_FALSE(parse_signal(R"({"specversion":"0.3","id":"1","source":"/here","type":"a"})"));
  EXPECT_FALSE(parse_signal(R"({"specversion":"1.0","id":"1","source":"/he re","type":"a"})"));
  EXPECT_FALSE(parse_signal(R"({"specversion":"1.0","id":"1","source":"/%g0","type":"a"})"));
  EXPECT_FALSE(parse_signal("[]"));
  EXPECT_FALSE(parse_signal(""));
}

TEST(Signal, validate_refuses_what_could_not_be_read_again) {
  EXPECT_TRUE(validate(minimal()));
  Signal signal = minimal();
  signal.source = "no uri";
  EXPECT_FALSE(validate(signal));
  signal = minimal();
  signal.type = "a\x01";
  EXPECT_FALSE(validate(signal));
  signal = minimal();
  signal.extensions = {{"connection", "mine"}};
  EXPECT_FALSE(validate(signal));
  signal = minimal();
  signal.extensions = {{"list", JsonArray{1}}};
  EXPECT_FALSE(validate(signal));
}

TEST(Signal, ids_differ_in_all_threads) {
  std::vector<std::vector<std::string>> made(3);
  std::vector<std::thread> threads;
  for (auto& ids : made)
    threads.emplace_back([&ids] {
      for (int i = 0; i < 1000; ++i) ids.push_back(new_signal_id());
    });
  for (auto& thread : threads) thread.join();
  std::set<std::string> all;
  for (const auto& ids : made) all.insert(ids.begin(), ids.end());
  EXPECT_EQ(all.size(), 3000U);
}

/// A character that a string attribute may contain.
std::string generate_text() {
  static const std::vector<std::string> kParts = {"a", "room:", "é", "日", "🙂", "/", "\"", "\\", ".", " ", "*"};
  std::string text = "x";
  for (int size = *rc::gen::inRange(0, 6); size > 0; --size) text += protocol::test::pick(kParts);
  return text;
}

Signal generate_signal() {
  Signal signal;
  signal.id = generate_text();
  signal.source = protocol::test::pick({"/suzaku/a%20b", "urn:x", "https://example.com/?a=[1]#b"});
  signal.type = generate_text();
  for (std::string Signal::* text :
       {&Signal::subject, &Signal::connection, &Signal::phoenixtopic, &Signal::phoenixevent, &Signal::phoenixkind})
    if (*rc::gen::arbitrary<bool>()) signal.*text = generate_text();
  signal.time +=
      std::chrono::nanoseconds(*rc::gen::inRange<std::int64_t>(-9'000'000'000'000'000'000, 9'000'000'000'000'000'000));
  signal.contenttype = protocol::test::pick({"", "text/xml; charset=utf-8"});
  signal.data = *rc::gen::arbitrary<bool>() ? Payload::from_text(protocol::test::generate_json())
                                            : Payload::binary(*rc::gen::arbitrary<std::string>());
  signal.extensions = {{"text", *rc::gen::arbitrary<bool>() ? "" : "é"},
                       {"number", *rc::gen::arbitrary<std::int32_t>()},
                       {"flag", *rc::gen::arbitrary<bool>()}};
  return signal;
}

std::string on_one_line(std::string text) {
  for (char& c : text)
    if (c == '\n' || c == '\r') c = ' ';
  return text;
}

TEST(Signal, is_read_back_as_it_was_written) {
  EXPECT_TRUE(rc::check([] {
    const Signal signal = generate_signal();
    RC_ASSERT(validate(signal).has_value());
    const std::string text = to_json_text(signal);
    RC_ASSERT(text.find_first_of("\r\n") == text.npos);
    const auto read = parse_signal(text);
    RC_ASSERT(read.has_value());
    RC_ASSERT(to_json_text(*read) == text);
    RC_ASSERT(read->id == signal.id);
    RC_ASSERT(read->source == signal.source);
    RC_ASSERT(read->type == signal.type);
    RC_ASSERT(read->subject == signal.subject);
    RC_ASSERT(read->time == signal.time);
    RC_ASSERT(read->connection == signal.connection);
    RC_ASSERT(read->phoenixtopic == signal.phoenixtopic);
    RC_ASSERT(read->phoenixevent == signal.phoenixevent);
    RC_ASSERT(read->phoenixkind == signal.phoenixkind);
    RC_ASSERT(read->contenttype == signal.contenttype);
    RC_ASSERT(read->extensions == signal.extensions);
    RC_ASSERT(read->data.is_binary() == signal.data.is_binary());
    const std::string data(signal.data.raw());
    RC_ASSERT(read->data.raw() == (signal.data.is_binary() ? data : on_one_line(data)));
  }));
}

}  // namespace
}  // namespace suzaku::signals
