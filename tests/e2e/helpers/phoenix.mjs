// phoenix.js under Node, with promises for what a test waits for.
import { Socket } from "phoenix";
import WebSocket from "ws";

// phoenix.js has written arrays (2.0.0) for years; this is how its first version spoke: objects, without a join_ref.
const kObjects = {
  vsn: "1.0.0",
  encode: ({ topic, event, payload, ref }, done) => done(JSON.stringify({ topic, event, payload, ref })),
  decode: (text, done) => done(JSON.parse(text)),
};
export const kVersions = { "1.0.0": kObjects, "2.0.0": {} };

export function make_socket(server, options = {}) {
  return new Socket(server.socket_url, {
    transport: WebSocket,
    reconnectAfterMs: () => 50,
    rejoinAfterMs: () => 20,
    ...options,
  });
}

// How a push ended: {status, response}.
export const outcome = (push, ...more_statuses) =>
  new Promise((resolve) => {
    for (const status of ["ok", "error", "timeout", ...more_statuses]) {
      push.receive(status, (response) => resolve({ status, response }));
    }
  });

export async function join(socket, topic, params = {}) {
  const channel = socket.channel(topic, params);
  const { status, response } = await outcome(channel.join());
  if (status !== "ok") throw new Error(`join of ${topic}: ${status} ${JSON.stringify(response)}`);
  return channel;
}

// Everything the channel gets as `event`, from now on; reached(n) resolves when there are n of them.
export function collect(channel, event) {
  const items = [];
  const waiting = [];
  channel.on(event, (payload) => {
    items.push(payload);
    for (const { count, resolve } of waiting) if (items.length >= count) resolve(items);
  });
  const reached = (count) =>
    new Promise((resolve) => (items.length >= count ? resolve(items) : waiting.push({ count, resolve })));
  return { items, reached };
}

// The next payload of this event of which `is` is true.
export const heard = (channel, event, is) =>
  new Promise((resolve) => {
    const ref = channel.on(event, (payload) => {
      if (!is(payload)) return;
      channel.off(event, ref);
      resolve(payload);
    });
  });

// When the reply is here, everything the server sent on this channel before it is here too.
export const barrier = (channel) => outcome(channel.push("echo", {}));

// The next time the hook (channel.onError, socket.onClose, ...) is called.
export const next = (object, hook) => new Promise((resolve) => object[hook](resolve));
