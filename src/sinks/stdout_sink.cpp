#include "sinks/stdout_sink.hpp"

#include "sinks/json_lines.hpp"

namespace suzaku::sinks {

void StdoutSink::take(std::span<const signals::SignalPtr> batch) {
  const Held::Batch held(held_, batch.size());
  if (output_.write(json_lines(batch), stop_)) written_ += batch.size();
}

}  // namespace suzaku::sinks
