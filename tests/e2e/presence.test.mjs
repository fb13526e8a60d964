// The client's list of presences beside phoenix.js's: both are given the same states and diffs, and must make the same calls
// and have the same list after each.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { describe, test } from "node:test";
import { Presence } from "phoenix";

const limits = { timeout: 60_000 };
const kSequences = 300;
const kKeys = ["ann", "bob", "", "__proto__", "constructor", "toString", "hasOwnProperty", "Grüße 👋", "a b"];
const kKeysLikeIntegers = ["10", "9", "ann", "0", "007", "-1"];
const kRefs = ["1", "2", "3", "4", "__proto__"];

// Numbers from 0 to below 1, the same for the same seed (mulberry32).
function make_random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

// What a channel receives, as text: a literal {"__proto__": ...} would be another thing.
class Script {
  constructor(seed, keys) {
    this.random = make_random(seed);
    this.keys = keys;
  }
  below(n) {
    return Math.floor(this.random() * n);
  }
  meta() {
    const meta = { phx_ref: kRefs[this.below(kRefs.length)] };
    if (this.below(2)) meta.status = ["home", "away"][this.below(2)];
    if (!this.below(4)) meta.phx_ref_prev = kRefs[this.below(kRefs.length)];
    return meta;
  }
  presence() {
    const presence = { metas: Array.from({ length: this.below(4) }, () => this.meta()) };
    if (!this.below(3)) presence.user = { name: "n" + this.below(3) };
    return JSON.stringify(presence);
  }
  presences() {
    const keys = this.keys.filter(() => !this.below(3)).sort(() => this.random() - 0.5);
    return `{${keys.map((key) => `${JSON.stringify(key)}:${this.presence()}`)}}`;
  }
  step() {
    const kind = this.below(10);
    if (kind === 0) return { event: "rejoin" };
    if (kind <= 3) return { event: "state", payload: this.presences() };
    return { event: "diff", payload: `{"joins":${this.presences()},"leaves":${this.presences()}}` };
  }
}

// phoenix.js's Presence on a channel that is none.
class Theirs {
  #handlers = {};
  #calls = [];
  join_ref = 1;

  constructor() {
    this.presence = new Presence({
      on: (event, handler) => (this.#handlers[event] = handler),
      joinRef: () => String(this.join_ref),
    });
    // As text at once: phoenix.js changes these objects later on.
    const write = (...call) => this.#calls.push(JSON.stringify(call));
    this.presence.onJoin((key, before, joined) => write("join", key, before ?? null, joined));
    this.presence.onLeave((key, now, left) => write("leave", key, now, left));
    this.presence.onSync(() => write("sync"));
  }
  rejoin() {
    ++this.join_ref;
    this.presence.pendingDiffs = []; // phoenix.js would apply them to the state of another join: we do not
  }
  receive(event, payload) {
    this.#handlers[`presence_${event}`](JSON.parse(payload));
    const list = this.presence.list((key, presence) => JSON.stringify([key, presence]));
    return { calls: this.#calls.splice(0), list, stale: this.presence.inPendingSyncState() };
  }
}

class Ours {
  constructor() {
    const program = process.env.SUZAKU_PRESENCE_REPLAY;
    if (!program) throw new Error("SUZAKU_PRESENCE_REPLAY must name the program presence_replay");
    this.process = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
    this.exited = once(this.process, "exit");
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }
  async receive(join_ref, event, payload) {
    this.process.stdin.write(`{"join_ref":${join_ref},"event":"${event}","payload":${payload}}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new Error("presence_replay has ended");
    const { calls, list, ...rest } = JSON.parse(value);
    return { calls: calls.map((call) => JSON.stringify(call)), list: list.map((entry) => JSON.stringify(entry)), ...rest };
  }
  async end() {
    this.process.stdin.end();
    assert.deepEqual(await this.exited, [0, null]);
  }
}

const sorted = ({ calls, list, ...rest }) => ({ calls: [...calls].sort(), list: [...list].sort(), ...rest });

async function compare(seed, keys, view = (answer) => answer) {
  const script = new Script(seed, keys);
  const theirs = new Theirs();
  const ours = new Ours();
  const told = [];
  try {
    for (let steps = 3 + script.below(10); steps > 0; --steps) {
      const { event, payload } = script.step();
      told.push(`${event} ${payload ?? ""}`);
      if (event === "rejoin") {
        theirs.rejoin();
        continue;
      }
      const expected = theirs.receive(event, payload);
      const answer = await ours.receive(theirs.join_ref, event, payload);
      assert.deepEqual(view(answer), view(expected), `seed ${seed}:\n${told.join("\n")}`);
    }
  } finally {
    await ours.end();
  }
}

describe("the client's presences", () => {
  test("are those of phoenix.js, call by call", limits, async () => {
    for (let seed = 1; seed <= kSequences; ++seed) await compare(seed, kKeys);
  });

  // JavaScript puts such keys first; we keep the order of arrival.
  test("are those of phoenix.js but for their order when keys look like integers", limits, async () => {
    for (let seed = 1; seed <= kSequences; ++seed) await compare(seed, kKeysLikeIntegers, sorted);
  });
});
