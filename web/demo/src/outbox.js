// What was typed and not yet acknowledged, in order. Nothing leaves it before the server says ok: a message whose push
// failed, or whose connection went down before the reply, is pushed again after the next join. It keeps its id, by which
// readers drop the second copy if the first had arrived after all.
export class Outbox {
  #push; // payload -> phoenix.js Push
  #on_change; // (id, "waiting" | "sending" | "failed" | "sent")
  #open = false;
  #messages = new Map(); // id -> {payload, attempt}

  constructor(push, on_change) {
    this.#push = push;
    this.#on_change = on_change;
  }

  add(payload) {
    this.#messages.set(payload.id, { payload, attempt: 0 });
    this.retry(payload.id);
  }

  retry(id) {
    const message = this.#messages.get(id);
    if (!message) return;
    const attempt = ++message.attempt; // an answer to an earlier attempt says nothing about this one, unless it is ok
    this.#on_change(id, this.#open ? "sending" : "waiting");
    if (!this.#open) return;
    const failed = () => message.attempt === attempt && this.#messages.has(id) && this.#on_change(id, "failed");
    this.#push(message.payload)
      .receive("ok", () => this.acknowledge(id))
      .receive("error", failed)
      .receive("timeout", failed);
  }

  // The server has it: it said so, or the message came back with the broadcast.
  acknowledge(id) {
    if (this.#messages.delete(id)) this.#on_change(id, "sent");
  }

  open() {
    this.#open = true;
    for (const id of [...this.#messages.keys()]) this.retry(id);
  }

  close() {
    if (!this.#open) return;
    this.#open = false;
    for (const id of [...this.#messages.keys()]) this.retry(id);
  }
}

// A name for a message, unlike any other. (crypto.randomUUID exists on https pages only.)
export const make_id = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(36)).join("-");
