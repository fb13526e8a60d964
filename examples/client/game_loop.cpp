// game_loop URL TOPIC TICKS: a program with a rhythm of its own. Callbacks run within poll(), on this thread, between
// two ticks: the game's state needs no lock.
#include <iostream>
#include <string>
#include <thread>

#include <suzaku/client.hpp>

using namespace suzaku::client;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: game_loop URL TOPIC TICKS\n";
    return 2;
  }
  CallbackQueue queue;
  Socket socket(argv[1], {.dispatcher = queue.dispatcher()});
  Channel channel = socket.channel(argv[2]);

  int moves_seen = 0;
  channel.on("shout", [&](const Message&) { ++moves_seen; });
  bool joined = false;
  channel.on_join([&](const Joined&) { joined = true; });
  channel.join();
  socket.connect();

  const int ticks = std::stoi(argv[3]);
  for (int tick = 0; tick < ticks;) {
    queue.poll();
    if (joined) channel.push("shout", {{"tick", tick++}});  // returns at once
    std::this_thread::sleep_for(16ms);                      // where a game would draw
  }
  while (moves_seen < ticks && queue.wait_for(5s)) queue.poll();
  std::cout << "saw " << moves_seen << " moves\n";
  return moves_seen >= ticks ? 0 : 1;
}
