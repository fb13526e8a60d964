#!/usr/bin/env node
// The bridge beside all that an operator and a network do to it, for as long as one likes. See README.md.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { Bridge } from "../e2e/helpers/bridge.mjs";
import { Server } from "../e2e/helpers/server.mjs";
import { Gate } from "./gate.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const WebSocket = createRequire(join(here, "../e2e/package.json"))("ws");

const help = `Usage: tests/soak/bridge.mjs [options]
\`suzaku bridge\` against a server that is killed, frozen, redeployed and changes its token, at random.

  --minutes N   how long (30)
  --seed N      of the random numbers (1): the same seed does the same in the same order
  --bin DIR     where the program suzaku is (build/release/bin)
  --keep        keep the scratch folder: configuration, spool and logs
  --help        this text

Needs the npm packages of tests/e2e. Exit code: 0 all is well, 1 something was lost or did not come back.`;

const { values: options } = parseArgs({
  options: {
    minutes: { type: "string", default: "30" },
    seed: { type: "string", default: "1" },
    bin: { type: "string", default: join(here, "../../build/release/bin") },
    keep: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (options.help) {
  console.log(help);
  process.exit(0);
}
process.env.SUZAKU_PROGRAM = join(options.bin, "suzaku");
if (!existsSync(process.env.SUZAKU_PROGRAM)) {
  console.error(`there is no program ${process.env.SUZAKU_PROGRAM}: run ./dev build, or use --bin`);
  process.exit(1);
}

// mulberry32: numbers from 0 to 1.
let state = Number(options.seed);
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const between = (least, most) => least + Math.floor(random() * (most - least + 1));
const one_of = (list) => list[between(0, list.length - 1)];
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const topics = ["room:lobby", "room:1", "room:2"];
const scratch = mkdtempSync(join(tmpdir(), "suzaku-soak-"));
const token_file = join(scratch, "token");
const server = Server.program();
await server.start();
const gate = await new Gate(server.port).start();

function rotate() {
  gate.token = `t${between(0, 1e9)}`;
  writeFileSync(`${token_file}.new`, `${gate.token}\n`);
  renameSync(`${token_file}.new`, token_file);
}
rotate();

// --- the receiver of webhooks ---
const received = new Map(); // id -> how often
let receiver_status = 204; // 0: takes the request and never answers
const receiver = createServer(async (request, response) => {
  const pieces = [];
  try {
    for await (const piece of request) pieces.push(piece);
  } catch {
    return; // cut meanwhile
  }
  if (receiver_status === 0) return;
  if (receiver_status === 204) {
    const { id } = JSON.parse(Buffer.concat(pieces));
    received.set(id, (received.get(id) ?? 0) + 1);
  }
  response.writeHead(receiver_status).end();
});
receiver.listen(0, "127.0.0.1");
await once(receiver, "listening");

// --- the bridge ---
const config = join(scratch, "bridge.yaml");
const connection = `
    url: ws://127.0.0.1:${gate.port}/socket
    params: {token: "file:${token_file}"}
    channels: [${topics.join(", ")}]
    heartbeat: 2s
    heartbeat_timeout: 2s
    connect_timeout: 3s
    timeout: 3s
    backoff: {first: 100ms, factor: 1.5, max: 3s, jitter: 0.25}
    stable_after: 1s`;
writeFileSync(config, `control: ${join(scratch, "control")}
connections:
  one:${connection}
  two:${connection}
agents:
  heard: {sink: stdout, capacity: 1000000}
  hook:
    sink: webhook
    url: http://127.0.0.1:${receiver.address().port}/
    spool: ${join(scratch, "hook.db")}
    max_spool_size: 4GiB
    timeout: 3s
    retry: {first: 100ms, factor: 2, max: 2s, jitter: 0.25}
    capacity: 1000000
routes:
  - {from: "**", to: [heard, hook]}
`);
const bridge = new Bridge(config, { SUZAKU_CONTROL: join(scratch, "control") });
const heard = new Set();
const memory = []; // KB, once a second
const bridge_memory = () => {
  const found = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${bridge.pid}/status`, "utf8"));
  return Number(found[1]);
};

// --- numbered events, sent to the server itself ---
let published = 0;
let publishing = true;
function publish() {
  if (!publishing) return;
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/socket/websocket?vsn=2.0.0`);
  let timer;
  socket.on("open", () => {
    for (const topic of topics) socket.send(JSON.stringify(["1", "1", topic, "phx_join", {}]));
    timer = setInterval(() => {
      if (socket.bufferedAmount > 1 << 20) return;
      published += 1;
      socket.send(JSON.stringify(["1", String(published), topics[published % 3], "shout", { name: "soak", text: String(published) }]));
    }, 20);
  });
  socket.on("message", () => {});
  socket.on("error", () => {}); // "close" follows
  socket.on("close", () => {
    clearInterval(timer);
    setTimeout(publish, 500);
  });
  publisher = socket;
}
let publisher;
publish();

// --- what goes wrong ---
const server_signal = (signal) => spawn("kill", [`-${signal}`, String(server.pid)]);
const troubles = {
  async kill() {
    await server.kill();
    await sleep(between(0, 4000));
    await server.start();
  },
  async restart() {
    await server.stop();
    await sleep(between(0, 2000));
    await server.start();
  },
  async freeze() {
    server_signal("STOP");
    await sleep(between(500, 8000));
    server_signal("CONT");
  },
  async deploy() {
    gate.answer = one_of([301, 401, 403, 404, 502, 503]);
    gate.cut();
    await sleep(between(500, 10_000));
    gate.answer = 0;
  },
  async cut() {
    gate.cut();
  },
  async rotate() {
    gate.token = ""; // the old one counts no more, the new one is not there yet
    gate.cut();
    await sleep(between(0, 3000));
    rotate();
  },
  async reload() {
    bridge.reload();
  },
  async receiver() {
    receiver_status = one_of([0, 401, 402, 404, 407, 429, 500, 503]);
    await sleep(between(500, 6000));
    receiver_status = 204;
  },
};
const counts = Object.fromEntries(Object.keys(troubles).map((name) => [name, 0]));

const end = Date.now() + Number(options.minutes) * 60_000;
const watch = setInterval(() => {
  while (bridge.signals.length) heard.add(bridge.signals.pop().id);
  memory.push(bridge_memory());
  if (process.stdout.isTTY) {
    const left = Math.max(0, Math.round((end - Date.now()) / 1000));
    process.stdout.write(`\r${left} s left · published ${published} · heard ${heard.size} · received ${received.size} · ${Math.round(memory.at(-1) / 1024)} MB `);
  }
}, 1000);

await sleep(3000);
while (Date.now() < end) {
  const name = one_of(Object.keys(troubles));
  counts[name] += 1;
  await troubles[name]();
  await sleep(between(100, 8000));
}

// --- all is left alone; what has to come back? ---
publishing = false;
publisher?.close();
async function status() {
  const { code, output } = await bridge.ctl("status", "--json");
  if (code !== 0) throw new Error(`ctl status: ${output}`);
  return JSON.parse(output);
}
const is_back = ({ connections }) => connections.every((one) => one.status === "connected" && one.channels.length === topics.length
  && one.channels.every((channel) => channel.state === "joined"));
const patience = Date.now() + 120_000;
let last = await status();
let missing = [];
do {
  await sleep(1000);
  last = await status();
  missing = [...heard].filter((id) => !received.has(id));
} while (Date.now() < patience && !(is_back(last) && missing.length === 0));
clearInterval(watch);

const middle = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const quarter = Math.max(1, Math.floor(memory.length / 4));
const early = middle(memory.slice(quarter, 2 * quarter));
const late = middle(memory.slice(-quarter));
const twice = [...received.values()].filter((times) => times > 1).length;
console.log(`\nseed ${options.seed}, ${options.minutes} minutes: ${Object.entries(counts).map(([name, count]) => `${name} ${count}`).join(", ")}`);
console.log(`gate: ${gate.accepted} let in, refused ${JSON.stringify(gate.refused)}`);
console.log(`events: ${published} published, ${heard.size} signals heard, ${received.size} received, ${twice} of them twice, ${missing.length} missing`);
console.log(`memory: ${early} KB in the second quarter, ${late} KB in the last, ${Math.max(...memory)} KB at most`);
const failures = [];
if (!is_back(last)) failures.push(`not every channel is joined: ${JSON.stringify(last.connections)}`);
if (missing.length) failures.push(`signals that did not reach the receiver: ${missing.slice(0, 5).join(" ")}`);
if (late > early * 1.2 + 4096) failures.push("memory has grown");
const code = await bridge.stop();
if (code !== 0) failures.push(`the bridge ended with ${code}`);
await server.stop();
gate.close();
receiver.close();
receiver.closeAllConnections();
writeFileSync(join(scratch, "bridge.log"), bridge.errors);
if (options.keep || failures.length) console.log(`kept: ${scratch}`);
else rmSync(scratch, { recursive: true });
for (const failure of failures) console.log(`FAILED: ${failure}`);
console.log(failures.length ? "" : "all is well");
process.exitCode = failures.length ? 1 : 0;
