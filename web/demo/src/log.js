// The list of messages. Everything that came from elsewhere goes in as text, never as markup.
import { hue, initial } from "./names.js";

const kMost = 500; // entries kept
const kSameBreathMs = 2 * 60 * 1000;
const kStatus = {
  waiting: "Waiting for the connection",
  sending: "Sending…",
  failed: "Not delivered. It will be sent again after the next reconnect.",
  sent: "",
};

const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });

export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export function avatar(name, into = element("span")) {
  into.className = "avatar";
  into.ariaHidden = "true";
  into.textContent = initial(name);
  into.style.setProperty("--hue", hue(name));
  return into;
}

export class Log {
  #view; // what scrolls
  #list;
  #entries = new Map(); // id -> element, for messages only
  #last = null; // {name, mine, at} of the message at the bottom
  #on_retry;
  #newer;

  constructor({ view, newer, on_retry }) {
    this.#view = view;
    this.#list = view.querySelector("ol");
    this.#newer = newer;
    this.#on_retry = on_retry;
    newer.addEventListener("click", () => this.#to_bottom());
    view.addEventListener("scroll", () => this.#at_bottom() && (newer.hidden = true), { passive: true });
  }

  has(id) {
    return this.#entries.has(id);
  }

  add({ id, name, text, mine }) {
    const now = new Date();
    const follows = this.#last?.name === name && this.#last.mine === mine && now - this.#last.at < kSameBreathMs;
    const time = element("time", { dateTime: now.toISOString(), title: now.toLocaleString() }, clock.format(now));
    const who = element("p", { className: "who" }, element("bdi", {}, name), " ", time);
    who.style.setProperty("--hue", hue(name));
    const body = element("div", { className: "bubble" }, who, element("p", { className: "text", dir: "auto" }, text));
    const entry = element("li", { className: `message${mine ? " mine" : ""}${follows ? " follows" : ""}` }, avatar(name), body);
    entry.dataset.testid = "message";
    entry.dataset.state = "sent";
    if (mine) body.append(element("p", { className: "status" }));
    this.#last = { name, mine, at: now };
    this.#entries.set(id, entry);
    this.#append(entry, mine);
  }

  note(text) {
    this.#last = null;
    this.#append(element("li", { className: "note" }, text), false);
  }

  // How far one of our own messages got.
  mark(id, state) {
    const entry = this.#entries.get(id);
    if (!entry) return;
    entry.dataset.state = state;
    const status = entry.querySelector(".status");
    status.replaceChildren(kStatus[state]);
    if (state !== "failed") return;
    const again = element("button", { type: "button" }, "Send now");
    again.addEventListener("click", () => this.#on_retry(id));
    status.append(" ", again);
  }

  #append(entry, always_show) {
    const show = always_show || this.#at_bottom();
    this.#list.append(entry);
    while (this.#list.childElementCount > kMost) this.#forget(this.#list.firstElementChild);
    if (show) this.#to_bottom();
    else this.#newer.hidden = false;
  }

  #forget(entry) {
    entry.remove();
    for (const [id, kept] of this.#entries) {
      if (kept !== entry) continue;
      this.#entries.delete(id);
      break;
    }
  }

  // The view is a reversed column: its end is at 0, and what is above it at negative offsets.
  #at_bottom() {
    return this.#view.scrollTop > -48;
  }

  #to_bottom() {
    this.#view.scrollTop = 0;
    this.#newer.hidden = true;
  }
}
