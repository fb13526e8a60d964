// HTTP beside channels: a JSON endpoint that says something in a room, and a stream of server-sent events of what is
// said there. Run `http_routes [port]`, then:
//   curl -N http://localhost:4000/rooms/1/events
//   curl http://localhost:4000/rooms/1/messages -H 'content-type: application/json' -d '{"text":"hi"}'
#include <cstdint>
#include <exception>
#include <iostream>
#include <memory>
#include <string>

#include <suzaku/server.hpp>

using namespace suzaku::server;
using suzaku::Payload;

HttpResponse say(Endpoint& endpoint, const HttpRequest& request) {
  const auto message = request.json();
  if (!message) return HttpResponse::json({{"error", message.error().message}}, 400);
  if (!message->is_object()) return HttpResponse::json({{"error", "a JSON object is expected"}}, 400);
  endpoint.broadcast("room:" + *request.param("room"), "shout", Payload(*message));
  return HttpResponse::json({{"said", true}}, 202);
}

/// Each broadcast of the room is an event. The subscription ends with the stream.
HttpResult listen(Endpoint& endpoint, const HttpRequest& request) {
  auto subscription = std::make_shared<TopicSubscription>();
  const HttpStream events = request.stream({.content_type = "text/event-stream"},
                                           {.on_close = [subscription] { subscription->cancel(); },
                                            .on_drain = [](const HttpStream& stream) { stream.end(); }});
  *subscription = endpoint.subscribe("room:" + *request.param("room"), [events](const TopicMessage& message) {
    if (events.room() > 0)  // a reader that is too slow misses some
      events.write("event: " + message.event + "\ndata: " + std::string(message.payload.raw()) + "\n\n");
  });
  events.write(": listening\n\n");
  return events;
}

int main(int argc, char** argv) try {
  Endpoint endpoint{{.port = static_cast<std::uint16_t>(argc > 1 ? std::stoi(argv[1]) : 4000)}};
  endpoint.post("/rooms/:room/messages", [&](const HttpRequest& request) { return say(endpoint, request); },
                {.content_types = {"application/json"}});
  endpoint.get("/rooms/:room/events", [&](const HttpRequest& request) { return listen(endpoint, request); },
               {.cors = Cors{}});
  const auto done = endpoint.run([&] { std::cout << "listening on port " << endpoint.port() << std::endl; });
  if (done) return 0;
  std::cerr << done.error().message << '\n';
  return 1;
} catch (const std::exception& wrong) {
  std::cerr << "http_routes [port]: " << wrong.what() << '\n';
  return 1;
}
