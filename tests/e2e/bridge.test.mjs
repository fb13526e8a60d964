// The example of examples/bridge as a user runs it: server, bridge, webhook receiver, a Python program, `ctl`, kill -9.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join as path_join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { Bridge } from "./helpers/bridge.mjs";
import { heard, join, make_socket } from "./helpers/phoenix.mjs";
import { Server } from "./helpers/server.mjs";

const example = fileURLToPath(new URL("../../examples/bridge/", import.meta.url));
const scratch = mkdtempSync(path_join(tmpdir(), "suzaku-bridge-"));
const server = Server.program();
const limits = { timeout: 120_000 };
const secret = Buffer.from("suzaku");

// A receiver of webhooks: what it got, in order.
const received = [];
let on_received = () => {};
const receiver = createServer(async (request, response) => {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  const body = Buffer.concat(pieces).toString();
  received.push({ headers: request.headers, body, event: JSON.parse(body) });
  response.writeHead(204).end();
  on_received();
});
const received_count = (count) => new Promise((resolve) => {
  on_received = () => { if (received.length >= count) resolve(); };
  on_received();
});

let bridge;
let socket;
const is = (type, connection) => (signal) => signal.type === type && signal.connection === connection;

before(async () => {
  await server.start();
  receiver.listen(0, "127.0.0.1");
  await once(receiver, "listening");
  bridge = new Bridge(path_join(example, "bridge.yaml"), {
    CHAT_URL: server.socket_url,
    AUDIT_URL: `http://127.0.0.1:${receiver.address().port}/`,
    AUDIT_SPOOL: path_join(scratch, "audit.db"),
    ANSWER: path_join(example, "answer.py"),
    SUZAKU_CONTROL: path_join(scratch, "control"),
    WEBHOOK_SECRET: `whsec_${secret.toString("base64")}`,
  });
  socket = make_socket(server);
  socket.connect();
});

after(async () => {
  socket.disconnect();
  bridge.kill();
  receiver.close();
  receiver.closeAllConnections?.();
  await server.stop();
  rmSync(scratch, { recursive: true });
});

test("messages come in, signals go out, and a Python program answers", limits, async () => {
  for (const topic of ["room:lobby", "room:support"])
    await bridge.signal((signal) => is("suzaku.channel.joined", "chat")(signal) && signal.phoenixtopic === topic);
  await bridge.signal(is("suzaku.channel.joined", "helper"));

  const lobby = await join(socket, "room:lobby");
  const answer = heard(lobby, "shout", (shout) => shout.name === "helper");
  await lobby.push("shout", { name: "Ada", text: "help" });
  assert.deepEqual(await answer, { name: "helper", text: "Ada, what can I do for you?" });

  for (const connection of ["chat", "helper"]) {
    const signal = await bridge.signal((each) => is(`suzaku.${connection}.room_lobby.shout`, connection)(each) && each.data.name === "Ada");
    assert.equal(signal.specversion, "1.0");
    assert.equal(signal.source, `/suzaku/${connection}`);
    assert.equal(signal.phoenixkind, "broadcast");
    assert.deepEqual(signal.data, { name: "Ada", text: "help" });
  }
});

test("the webhook is signed, and gets what its routes say", limits, async () => {
  await received_count(2); // what Ada said, and the answer
  assert.deepEqual(received.map(({ event }) => event.data.name), ["Ada", "helper"]);
  for (const { headers, body, event } of received) {
    assert.equal(event.type, "suzaku.chat.room_lobby.shout");
    assert.match(headers["content-type"], /^application\/cloudevents\+json/);
    assert.equal(headers["webhook-id"], event.id);
    const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    assert.equal(headers["webhook-signature"], `v1,${createHmac("sha256", secret).update(signed).digest("base64")}`);
  }
});

test("ctl tells how it goes, and pushes", limits, async () => {
  const status = JSON.parse((await bridge.ctl("status", "--json")).output);
  assert.deepEqual(status.connections.map(({ name, status: is_now }) => [name, is_now]), [["chat", "connected"], ["helper", "connected"]]);
  assert.deepEqual(status.agents.map(({ name, sink }) => [name, sink]), [["answer", "command"], ["audit", "webhook"], ["print", "stdout"]]);
  const page = await bridge.ctl("status");
  assert.match(page.output, /^chat +connected .* 2 of 2 joined/m);
  assert.ok(!page.output.includes(secret.toString("base64")) && !bridge.errors.includes(secret.toString("base64")));

  const lobby = socket.channels.find(({ topic }) => topic === "room:lobby");
  const came_back = heard(lobby, "shout", (shout) => shout.name === "operator");
  const pushed = await bridge.ctl("push", "chat", "room:lobby", "shout", '{"name":"operator","text":"hello"}');
  assert.deepEqual(pushed, { code: 0, output: '{"status":"ok","response":{}}\n' });
  await came_back;
  assert.equal((await bridge.ctl("push", "chat", "room:lobby", "no_such_event")).code, 10);
  const nobody = await bridge.ctl("push", "nobody", "room:lobby", "shout");
  assert.equal(nobody.code, 1);
  assert.match(nobody.output, /no connection "nobody"/);
});

test("a server that was killed is found again by the stated backoff, and every channel is joined", limits, async () => {
  const before_kill = bridge.signals.length;
  await server.kill();
  for (const connection of ["chat", "helper"])
    await bridge.signal((signal) => is("suzaku.connection.reconnecting", connection)(signal) && signal.data.attempt >= 3, { from: before_kill });
  await server.start();
  for (const connection of ["chat", "helper"])
    await bridge.signal(is("suzaku.connection.connected", connection), { from: before_kill });
  for (const [connection, topic] of [["chat", "room:lobby"], ["chat", "room:support"], ["helper", "room:lobby"]])
    await bridge.signal((signal) => is("suzaku.channel.joined", connection)(signal) && signal.phoenixtopic === topic, { from: before_kill });

  for (const connection of ["chat", "helper"]) {
    const attempts = bridge.signals.slice(before_kill).filter(is("suzaku.connection.reconnecting", connection));
    assert.deepEqual(attempts.map(({ data }) => data.attempt), attempts.map((_, i) => i + 1));
    for (const [i, { data }] of attempts.entries()) {
      const stated = 1000 * 1.5 ** i;
      assert.ok(data.delay_ms >= stated * 0.75 - 1 && data.delay_ms <= stated * 1.25 + 1, `attempt ${i + 1}: ${data.delay_ms} ms`);
    }
    // Each attempt came no sooner than its delay after the one before.
    for (let i = 1; i < attempts.length; ++i) {
      const passed = new Date(attempts[i].time) - new Date(attempts[i - 1].time);
      assert.ok(passed >= attempts[i - 1].data.delay_ms - 5, `${passed} ms after ${attempts[i - 1].data.delay_ms} ms were said`);
    }
  }

  const lobby = socket.channels.find(({ topic }) => topic === "room:lobby");
  const answer = heard(lobby, "shout", (shout) => shout.name === "helper");
  lobby.push("shout", { name: "Bob", text: "help" });
  assert.equal((await answer).text, "Bob, what can I do for you?");
});

test("it leaves its channels and ends with 0", limits, async () => {
  const before_stop = bridge.signals.length;
  assert.equal(await bridge.stop(), 0);
  const last = bridge.signals.slice(before_stop);
  assert.equal(last.filter(({ type }) => type === "suzaku.channel.left").length, 3);
  assert.equal(last.filter(({ type }) => type === "suzaku.connection.disconnected").length, 2);
});
