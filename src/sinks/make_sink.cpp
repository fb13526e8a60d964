#include "sinks/make_sink.hpp"

#include <exception>

#include "sinks/command_sink.hpp"
#include "sinks/file_sink.hpp"
#include "sinks/push_sink.hpp"
#include "sinks/stdout_sink.hpp"
#include "sinks/webhook_sink.hpp"

namespace suzaku::sinks {
namespace {

struct Maker {
  const std::string& agent;
  const SinkEnvironment& with;

  std::shared_ptr<Sink> operator()(const StdoutOptions&) const { return std::make_shared<StdoutSink>(with.output); }
  std::shared_ptr<Sink> operator()(const FileOptions& options) const {
    return std::make_shared<FileSink>(agent, options);
  }
  std::shared_ptr<Sink> operator()(const WebhookOptions& options) const {
    return std::make_shared<WebhookSink>(agent, options);
  }
  std::shared_ptr<Sink> operator()(const CommandOptions& options) const {
    return std::make_shared<CommandSink>(agent, options, with.connections);
  }
  std::shared_ptr<Sink> operator()(const PushOptions& options) const {
    return std::make_shared<PushSink>(agent, options, with.connections, with.bus);
  }
};

struct Kind {
  std::string_view operator()(const StdoutOptions&) const noexcept { return "stdout"; }
  std::string_view operator()(const FileOptions&) const noexcept { return "file"; }
  std::string_view operator()(const WebhookOptions&) const noexcept { return "webhook"; }
  std::string_view operator()(const CommandOptions&) const noexcept { return "command"; }
  std::string_view operator()(const PushOptions&) const noexcept { return "push"; }
};

}  // namespace

Result<std::shared_ptr<Sink>> make_sink(const SinkOptions& options, const std::string& agent,
                                        const SinkEnvironment& environment) {
  try {
    return std::visit(Maker{agent, environment}, options);
  } catch (const std::exception& error) {
    return failure(error.what());
  }
}

std::string_view kind_of(const SinkOptions& options) noexcept {
  return std::visit(Kind{}, options);
}

}  // namespace suzaku::sinks
