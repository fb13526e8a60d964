// The npm client of Phoenix itself against the conformance server, in both versions of the protocol.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { barrier, collect, join, kVersions, make_socket, next, outcome } from "./helpers/phoenix.mjs";
import { Server } from "./helpers/server.mjs";

const server = Server.conformance();
const sockets = [];

function connect(options) {
  const socket = make_socket(server, options);
  sockets.push(socket);
  socket.connect();
  return socket;
}

before(() => server.start());
after(() => server.stop());
afterEach(() => sockets.splice(0).forEach((socket) => socket.disconnect()));

const bytes = (...values) => new Uint8Array(values).buffer;
const limits = { timeout: 20_000 };
const payload = { text: "Grüße 👋", nested: { list: [1, 2.5, null, true], empty: {} } };

for (const [vsn, version] of Object.entries(kVersions)) {
  describe(`phoenix.js, vsn ${vsn}`, () => {
    test("joins and gets the join's reply", limits, async () => {
      const channel = connect(version).channel("room:join", { user: "ada" });
      assert.deepEqual(await outcome(channel.join()), {
        status: "ok",
        response: { topic: "room:join", params: { user: "ada" } },
      });
      assert.equal(channel.state, "joined");
    });

    test("is told why a join is refused", limits, async () => {
      const socket = connect(version);
      const refused = await outcome(socket.channel("room:forbidden").join());
      assert.deepEqual(refused, { status: "error", response: { reason: "unauthorized" } });
      const crashed = await outcome(socket.channel("room:crash").join());
      assert.deepEqual(crashed, { status: "error", response: { reason: "join crashed" } });
      const unknown = await outcome(socket.channel("nowhere:at_all").join());
      assert.deepEqual(unknown, { status: "error", response: { reason: "unmatched topic" } });
    });

    test("pushes and gets replies of every kind", limits, async () => {
      const channel = await join(connect(version), "room:replies");
      assert.deepEqual(await outcome(channel.push("echo", payload)), { status: "ok", response: payload });
      assert.deepEqual(await outcome(channel.push("echo_error", payload)), { status: "error", response: payload });
      assert.deepEqual(await outcome(channel.push("ok_only", payload)), { status: "ok", response: {} });
      assert.deepEqual(await outcome(channel.push("reply_later", payload)), { status: "ok", response: payload });
      const weird = await outcome(channel.push("custom_status", payload), "weird");
      assert.deepEqual(weird, { status: "weird", response: payload });
    });

    test("calls timeout when no reply comes", limits, async () => {
      const channel = await join(connect(version), "room:timeout");
      assert.equal((await outcome(channel.push("noreply", {}, 100))).status, "timeout");
      assert.equal((await barrier(channel)).status, "ok", "the channel goes on");
    });

    test("carries broadcasts between two sockets", limits, async () => {
      const [ada, bob] = await Promise.all([connect(version), connect(version)].map((s) => join(s, "room:broadcast")));
      const at_ada = collect(ada, "shout");
      const at_bob = collect(bob, "shout");

      assert.equal((await outcome(ada.push("shout", payload))).status, "ok");
      assert.deepEqual(at_ada.items, [payload], "a broadcast comes before the reply");
      assert.deepEqual(await at_bob.reached(1), [payload]);

      ada.push("shout_from", { from: "ada" });
      assert.deepEqual(await at_bob.reached(2), [payload, { from: "ada" }]);
      await barrier(ada);
      assert.equal(at_ada.items.length, 1, "shout_from leaves the sender out");
    });

    test("keeps topics apart", limits, async () => {
      const socket = connect(version);
      const one = await join(socket, "room:one");
      const two = await join(socket, "room:two");
      const at_two = collect(two, "shout");
      await outcome(one.push("shout", payload));
      await barrier(two);
      assert.deepEqual(at_two.items, []);
    });

    test("gets what the server pushes", limits, async () => {
      const channel = await join(connect(version), "room:pushes");
      const pushed = collect(channel, "pushed");
      const intercepted = collect(channel, "intercepted");
      channel.push("push_me", payload);
      channel.push("intercept_me", { a: 1 });
      assert.deepEqual(await pushed.reached(1), [payload]);
      assert.deepEqual(await intercepted.reached(1), [{ a: 1, seen: true }]);
    });

    test("leaves, and hears no more of the topic", limits, async () => {
      const [ada, bob] = await Promise.all([connect(version), connect(version)].map((s) => join(s, "room:leave")));
      let heard = 0;
      // leave() answers ok without waiting for the server, so the server's word is read from the socket.
      const closed_by_server = new Promise((resolve) =>
        ada.socket.onMessage(({ event }) => {
          if (event === "phx_close") resolve();
          if (event === "shout") heard++;
        }),
      );
      const closed = next(ada, "onClose");
      ada.leave();
      await Promise.all([closed, closed_by_server]);
      assert.equal(ada.state, "closed");
      await outcome(bob.push("shout", payload));
      await barrier(await join(ada.socket, "room:leave_barrier"));
      assert.equal(heard, 0);
    });

    test("is told when the server stops the channel", limits, async () => {
      const channel = await join(connect(version), "room:stop");
      const closed = next(channel, "onClose");
      assert.deepEqual(await outcome(channel.push("stop_reply", payload)), { status: "ok", response: payload });
      await closed;
      assert.equal(channel.state, "closed");
    });

    test("rejoins by itself after its channel crashed, beside channels that did not", limits, async () => {
      const socket = connect(version);
      const bystander = await join(socket, "room:bystander");
      let bystander_errors = 0;
      bystander.onError(() => bystander_errors++);
      const channel = await join(socket, "room:boom");
      const crashed = next(channel, "onError");
      const rejoined = new Promise((resolve) => channel.joinPush.receive("ok", resolve));
      channel.push("boom", {});
      assert.deepEqual(await crashed, { reason: "channel_crash" });
      await rejoined;
      assert.deepEqual(await outcome(channel.push("echo", payload)), { status: "ok", response: payload });
      assert.equal((await barrier(bystander)).status, "ok");
      assert.equal(bystander_errors, 0);
    });

    test("is refused with a bad token", limits, async () => {
      const socket = connect({ ...version, params: { token: "bad" } });
      const error = await new Promise((resolve, reject) => {
        socket.onOpen(() => reject(new Error("the connection was accepted")));
        socket.onError(resolve);
      });
      assert.match(error.message, /403/);
    });

    test("has its heartbeats answered", limits, async () => {
      const socket = connect({ ...version, heartbeatIntervalMs: 100 });
      await new Promise((resolve, reject) => {
        socket.onClose(() => reject(new Error("the connection was given up")));
        let replies = 0;
        socket.onMessage(({ topic, event, payload: { status } }) => {
          if (topic === "phoenix" && event === "phx_reply" && status === "ok" && ++replies === 3) resolve();
        });
      });
    });

    test("comes back after the server disconnected its user", limits, async () => {
      const socket = connect({ ...version, params: { user_id: `u${vsn}` } });
      const channel = await join(socket, "room:disconnect");
      const closed = next(socket, "onClose");
      const rejoined = new Promise((resolve) => channel.joinPush.receive("ok", resolve));
      channel.push("disconnect_user", { id: `u${vsn}` });
      assert.notEqual((await closed).code, 1000, "older clients never come back after 1000");
      await rejoined;
      assert.equal((await barrier(channel)).status, "ok");
    });

    test("survives kill -9 of the server: reconnects, rejoins, and sends what was pushed meanwhile once", limits, async () => {
      const socket = connect(version);
      const [first, second] = [await join(socket, "room:first"), await join(socket, "room:second")];
      const shouts = collect(first, "shout");
      const closed = next(socket, "onClose");
      await server.kill();
      await closed;
      assert.equal(socket.isConnected(), false);
      const pushes = [1, 2, 3].map((number) => outcome(first.push("shout", { number })));
      await server.start();
      for (const { status } of await Promise.all(pushes)) assert.equal(status, "ok");
      assert.equal((await barrier(second)).status, "ok", "every channel is back");
      await barrier(first);
      assert.deepEqual(shouts.items, [{ number: 1 }, { number: 2 }, { number: 3 }]);
    });
  });
}

describe("phoenix.js, binary payloads", () => {
  const blob = bytes(0, 1, 127, 128, 255);

  test("come back as a reply", limits, async () => {
    const channel = await join(connect(), "room:binary");
    assert.deepEqual(await outcome(channel.push("bin", blob)), { status: "ok", response: blob });
    assert.deepEqual(await outcome(channel.push("bin", bytes())), { status: "ok", response: bytes() });
  });

  test("are broadcast", limits, async () => {
    const [ada, bob] = await Promise.all([connect(), connect()].map((socket) => join(socket, "room:binary")));
    const [at_ada, at_bob] = [collect(ada, "bin_shout"), collect(bob, "bin_shout")];
    ada.push("bin_shout", blob);
    assert.deepEqual(await at_ada.reached(1), [blob]);
    assert.deepEqual(await at_bob.reached(1), [blob]);
  });

  test("are pushed by the server", limits, async () => {
    const channel = await join(connect(), "room:binary");
    const pushed = collect(channel, "pushed");
    channel.push("push_me", blob);
    assert.deepEqual(await pushed.reached(1), [blob]);
  });

  test("of a megabyte arrive whole", limits, async () => {
    const large = new Uint8Array(1 << 20).map((_, index) => index * 7).buffer;
    const channel = await join(connect(), "room:binary");
    const { status, response } = await outcome(channel.push("bin", large));
    assert.equal(status, "ok");
    assert.ok(Buffer.from(response).equals(Buffer.from(large)));
  });
});

test("sockets of both versions share a topic", limits, async () => {
  const [objects, arrays] = await Promise.all(
    Object.values(kVersions).map((version) => join(connect(version), "room:mixed")),
  );
  const [at_objects, at_arrays] = [collect(objects, "shout"), collect(arrays, "shout")];
  await outcome(objects.push("shout", { from: "objects" }));
  await outcome(arrays.push("shout", { from: "arrays" }));
  const both = [{ from: "objects" }, { from: "arrays" }];
  assert.deepEqual(await at_objects.reached(2), both);
  assert.deepEqual(await at_arrays.reached(2), both);
});
