#include "recording.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "base/base64.hpp"
#include "cli/exit_codes.hpp"
#include "cli/json_input.hpp"
#include "cli/json_lines.hpp"

namespace suzaku::program {
namespace {

using Kind = client::WireEvent::Kind;

std::string now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.6f", std::chrono::duration<double>(now).count());
  return text.data();
}

std::string step_name(Kind kind) {
  return kind == Kind::connecting ? "connecting" : kind == Kind::opened ? "opened" : "closed";
}

/// Text that is no JSON has been replaced by its size, as in the wire log.
Payload frame_of(const client::WireEvent& event) {
  if (event.is_binary) return Payload::binary(std::string(event.text));
  try {
    return Payload::from_text(std::string(event.text));
  } catch (const std::invalid_argument&) {
    return Json(std::string(event.text));
  }
}

constexpr const char* kExpected = R"(expected a line of a recording, such as {"time":1,"direction":"sent","frame":[]})";

/// Nothing for a step, which is no frame.
Result<std::optional<RecordedFrame>> parse(const std::string& line) {
  const auto json = parse_json(line);
  if (!json) return failure(json.error().message + "; " + kExpected);
  if (!json->is_object()) return failure(kExpected);
  const JsonObject& members = json->json().as_object();
  if (members.contains("step")) return std::nullopt;
  const Json* time = members.if_contains("time");
  const Json* direction = members.if_contains("direction");
  const Json* frame = members.if_contains("frame");
  if (!time || !time->is_number() || !direction || !frame) return failure(kExpected);
  RecordedFrame recorded{.time = time->to_number<double>(), .bytes = std::string(raw_member(line, "frame"))};
  recorded.is_sent = *direction == "sent";
  if (!recorded.is_sent && *direction != "received") return failure(kExpected);
  const Json* binary = frame->is_object() ? frame->get_object().if_contains("binary") : nullptr;
  if (!binary || frame->get_object().size() != 1) return recorded;
  const auto bytes = binary->is_string() ? decode_base64(std::string_view(binary->get_string())) : std::nullopt;
  if (!bytes) return failure("its \"binary\" is no Base64; " + std::string(kExpected));
  recorded.is_binary = true;
  recorded.bytes = *bytes;
  return recorded;
}

}  // namespace

// --- writing ---

OrFailure<Recorder> Recorder::open(const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return failed(kFailed, "cannot write the recording " + file + ": " + std::strerror(errno));
  return Recorder(file, descriptor);
}

Recorder::Recorder(std::string file, int descriptor)
    : file_(std::move(file)), stream_(::fdopen(descriptor, "w"), &std::fclose) {}

void Recorder::write(const client::WireEvent& event) {
  JsonLine line;
  line.json("time", now());
  if (event.kind == Kind::sent || event.kind == Kind::received) {
    line.text("direction", event.kind == Kind::sent ? "sent" : "received").payload("frame", frame_of(event));
  } else {
    line.text("step", step_name(event.kind)).json("text", Payload(Json(std::string(event.text))).raw());
  }
  // Flushed each time, so that a crash loses nothing.
  if ((std::fputs((line.str() + '\n').c_str(), stream_.get()) < 0 || std::fflush(stream_.get()) != 0) && error_ == 0)
    error_ = errno;
}

OrFailure<void> Recorder::close() {
  if (std::fclose(stream_.release()) != 0 && error_ == 0) error_ = errno;
  if (error_ != 0) return failed(kFailed, "cannot write the recording " + file_ + ": " + std::strerror(error_));
  return {};
}

// --- reading ---

OrFailure<std::optional<RecordedFrame>> RecordReader::next() {
  if (!lines_) return failed(kFailed, "cannot read the recording " + file_ + ": " + std::strerror(errno));
  for (std::string line; std::getline(lines_, line);) {
    ++line_;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    auto frame = parse(line);
    const bool is_cut = !frame && lines_.eof();  // the line has no end
    if (!frame)
      return failed(kBadUsage,
                    file_ + ", line " + std::to_string(line_) + ": " +
                        (is_cut ? "the recording is cut in the middle of this line, its last" : frame.error().message));
    if (*frame) return *frame;
  }
  if (lines_.bad()) return failed(kFailed, "cannot read the recording " + file_ + ": " + std::strerror(errno));
  return std::nullopt;
}

}  // namespace suzaku::program
