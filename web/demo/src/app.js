import { avatar, Log } from "./log.js";
import { random_name, store_name, stored_name } from "./names.js";
import { make_id, Outbox } from "./outbox.js";
import { open_room } from "./room.js";
import { make_status } from "./status.js";

const $ = (id) => document.getElementById(id);
const room_name = new URLSearchParams(location.search).get("room")?.trim() || "lobby";
const kLongestName = 64; // of others: their page may not be ours

let name = stored_name();
let room = null;
let state = "connecting";

const outbox = new Outbox((payload) => room.shout(payload), (id, how) => log.mark(id, how));
const log = new Log({ view: $("log"), newer: $("newer"), on_retry: (id) => outbox.retry(id) });
const show_status = make_status(
  { state: $("state"), trouble: $("trouble"), trouble_text: $("trouble-text"), retry: $("retry") },
  () => room.retry_now(),
);

function on_state(next) {
  const before = state;
  state = next.state;
  show_status(next);
  if (state === "connected") {
    if (before === "reconnecting") log.note("Back in the room. What others said meanwhile is not shown.");
    outbox.open();
  } else {
    if (before === "connected") log.note("The connection was lost.");
    outbox.close();
  }
}

function on_shout(payload) {
  const id = typeof payload?.id === "string" ? payload.id : make_id();
  if (log.has(id)) return outbox.acknowledge(id); // ours coming back, or a second copy of somebody's
  const from = String(payload?.name ?? "").trim().slice(0, kLongestName) || "Somebody";
  show_message({ id, name: from, text: String(payload?.text ?? ""), mine: false });
}

function show_message(message) {
  $("quiet").hidden = true;
  log.add(message);
}

function send(text) {
  const payload = { id: make_id(), name, text };
  show_message({ ...payload, mine: true });
  outbox.add(payload);
}

function enter(chosen) {
  name = chosen;
  store_name(name);
  avatar(name, document.querySelector("#me .avatar"));
  document.querySelector("#me bdi").textContent = name;
  room ??= open_room(`room:${room_name}`, () => name, { on_state, on_shout });
  $("text").focus();
}

function ask_name() {
  $("name").value = name ?? random_name();
  $("welcome").showModal();
  $("name").select();
}

$("naming").addEventListener("submit", (event) => {
  const chosen = $("name").value.trim();
  if (!chosen) return event.preventDefault();
  enter(chosen);
});
// Escape on the first visit: the suggested name will do.
$("welcome").addEventListener("cancel", () => name ?? enter($("name").value.trim() || random_name()));
$("another-name").addEventListener("click", () => {
  $("name").value = random_name();
  $("name").select();
});
$("me").addEventListener("click", ask_name);

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (text && room) {
    send(text);
    $("text").value = "";
  }
  $("text").focus();
});
$("text").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $("composer").requestSubmit();
});

$("room").textContent = `room:${room_name}`;
$("another").href = location.href;
document.title = `${room_name} · Suzaku`;
name ? enter(name) : ask_name();
