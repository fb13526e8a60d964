// @supabase/realtime-js against the conformance server. It is a Phoenix client of its own descent: vsn 1.0.0 with a join_ref,
// and every topic is prefixed with "realtime:". send({type: EVENT, ...}) pushes EVENT, on(EVENT, ...) listens.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { RealtimeClient } from "@supabase/realtime-js";
import WebSocket from "ws";
import { Server } from "./helpers/server.mjs";

const server = Server.conformance();
const clients = [];
const limits = { timeout: 20_000 };

function connect(options = {}) {
  const client = new RealtimeClient(server.socket_url, {
    transport: WebSocket,
    reconnectAfterMs: () => 500, // also how long a rejoin may take before it is tried again
    ...options,
    params: { apikey: "none", ...options.params },
  });
  clients.push(client);
  client.connect();
  return client;
}

// A channel with the list of its states so far; reached(STATE, n) resolves at the n-th time.
function subscribe(client, topic, params) {
  const channel = client.channel(topic, params);
  const states = [];
  const waiting = [];
  const reached = (state, count = 1) =>
    new Promise((resolve) => waiting.push({ state, count, resolve }) && settle());
  const settle = () =>
    waiting.forEach(({ state, count, resolve }) => {
      const met = states.filter((one) => one.state === state);
      if (met.length >= count) resolve(met[count - 1]);
    });
  channel.subscribe((state, error) => {
    states.push({ state, error });
    settle();
  });
  return { channel, reached };
}

async function joined(client, topic) {
  const { channel, reached } = subscribe(client, topic);
  await reached("SUBSCRIBED");
  return { channel, reached };
}

const heard = (channel, event) => new Promise((resolve) => channel.on(event, {}, resolve));

before(() => server.start());
after(() => server.stop());
afterEach(() => clients.splice(0).forEach((client) => client.disconnect()));

describe("realtime-js", () => {
  test("joins under its own prefix", limits, async () => {
    const { channel } = await joined(connect(), "lobby");
    assert.equal(channel.topic, "realtime:lobby");
  });

  test("pushes and gets ok, error and timeout", limits, async () => {
    const { channel } = await joined(connect(), "replies");
    assert.equal(await channel.send({ type: "echo", event: "e", payload: { a: 1 } }), "ok");
    assert.equal(await channel.send({ type: "echo_error", event: "e", payload: { a: 1 } }), "error");
    assert.equal(await channel.send({ type: "noreply", event: "e" }, { timeout: 100 }), "timed out");
  });

  test("carries broadcasts between two clients", limits, async () => {
    const [ada, bob] = await Promise.all([joined(connect(), "broadcast"), joined(connect(), "broadcast")]);
    const [at_ada, at_bob] = [heard(ada.channel, "shout"), heard(bob.channel, "shout")];
    const message = { type: "shout", event: "e", payload: { text: "Grüße 👋" } };
    assert.equal(await ada.channel.send(message), "ok");
    assert.deepEqual(await at_ada, message);
    assert.deepEqual(await at_bob, message);
  });

  test("gets what the server pushes", limits, async () => {
    const { channel } = await joined(connect(), "pushes");
    const pushed = heard(channel, "pushed");
    const message = { type: "push_me", event: "e", payload: { a: 1 } };
    channel.send(message, { timeout: 100 });
    assert.deepEqual(await pushed, message);
  });

  test("shares a topic with phoenix.js", limits, async () => {
    const { make_socket, join, collect } = await import("./helpers/phoenix.mjs");
    const socket = make_socket(server);
    socket.connect();
    try {
      const shouts = collect(await join(socket, "realtime:shared"), "shout");
      const { channel } = await joined(connect(), "shared");
      const message = { type: "shout", event: "e", payload: { a: 1 } };
      await channel.send(message);
      assert.deepEqual(await shouts.reached(1), [message]);
    } finally {
      socket.disconnect();
    }
  });

  test("leaves", limits, async () => {
    const { channel, reached } = await joined(connect(), "leave");
    assert.equal(await channel.unsubscribe(), "ok");
    await reached("CLOSED");
  });

  test("rejoins by itself after its channel crashed", limits, async () => {
    const { channel, reached } = await joined(connect(), "boom");
    channel.send({ type: "boom", event: "e" }, { timeout: 100 });
    await reached("CHANNEL_ERROR");
    await reached("SUBSCRIBED", 2);
    assert.equal(await channel.send({ type: "echo", event: "e" }), "ok");
  });

  test("is refused with a bad token", limits, async () => {
    const client = connect({ params: { token: "bad" } });
    const error = await new Promise((resolve) => client.stateChangeCallbacks.error.push(resolve));
    assert.match(error.message, /403/);
  });

  test("has its heartbeats answered", limits, async () => {
    const client = connect({ heartbeatIntervalMs: 100 });
    await new Promise((resolve, reject) => {
      let answers = 0;
      client.onHeartbeat((status) => {
        if (status === "timeout" || status === "error") reject(new Error(`heartbeat: ${status}`));
        if (status === "ok" && ++answers === 3) resolve();
      });
    });
  });

  test("survives kill -9 of the server", limits, async () => {
    const { channel, reached } = await joined(connect(), "restart");
    await server.kill();
    await reached("CHANNEL_ERROR");
    await server.start();
    await reached("SUBSCRIBED", 2);
    assert.equal(await channel.send({ type: "echo", event: "e" }), "ok");
  });
});
