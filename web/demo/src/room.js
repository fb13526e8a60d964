// The connection to one room: phoenix.js's socket and channel, told as three states.
import { Socket } from "phoenix";

const kRetryMs = [250, 500, 1000, 2000, 4000];
const kPushTimeoutMs = 8000;
const kDown = "The connection is down; what you write is kept.";

// Half to one and a half times the step, so that a thousand pages do not come back in the same instant.
const jittered = (tries) => (kRetryMs[tries - 1] ?? 8000) * (0.5 + Math.random());

// events: on_state({state, retry_at, reason}) with state "connecting", "connected" or "reconnecting" and retry_at in
// milliseconds since the epoch (null: trying at this moment); on_shout(payload).
export function open_room(topic, name, { on_state, on_shout }) {
  let was_connected = false;
  let retry_at = null;

  const socket = new Socket("/socket", {
    params: () => ({ name: name() }),
    reconnectAfterMs: plan_retry,
    rejoinAfterMs: plan_retry,
  });
  const channel = socket.channel(topic);

  function plan_retry(tries) {
    const delay = jittered(tries);
    retry_at = Date.now() + delay;
    return delay;
  }
  function down(reason) {
    on_state({ state: was_connected || retry_at ? "reconnecting" : "connecting", retry_at, reason });
  }

  channel.on("shout", on_shout);
  channel.onError(() => down(socket.isConnected() ? "The room stopped." : kDown));
  socket.onClose(() => down(kDown));
  socket.onOpen(() => {
    retry_at = null;
    down("Entering the room.");
  });
  socket.connect();
  channel
    .join()
    .receive("ok", () => {
      was_connected = true;
      retry_at = null;
      on_state({ state: "connected", retry_at: null, reason: "" });
    })
    .receive("error", ({ reason }) => down(`The room refused: ${reason ?? "no reason given"}.`))
    .receive("timeout", () => down("The room does not answer."));

  return {
    shout: (payload) => channel.push("shout", payload, kPushTimeoutMs),
    retry_now() {
      socket.disconnect();
      socket.connect();
    },
  };
}
