// The demo page in a real browser: two tabs talk, the program is killed and started again, they go on talking.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, afterEach, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { open_browser } from "./helpers/browser.mjs";
import { Server } from "./helpers/server.mjs";

const limits = { timeout: 60_000 };
const pictures = process.env.SUZAKU_E2E_OUTPUT ?? fileURLToPath(new URL("output", import.meta.url));
const server = Server.program();
const tabs = [];
let browser;

before(async () => {
  await mkdir(pictures, { recursive: true });
  await server.start();
  browser = await open_browser();
}, limits);
after(async () => {
  await browser?.close();
  await server.stop();
}, limits);
afterEach(() => Promise.all(tabs.splice(0).map(({ page }) => page.close())));

class Tab {
  static async open(name, { room = "lobby", script_errors = [] } = {}) {
    const tab = new Tab();
    tabs.push(tab);
    tab.script_errors = script_errors;
    tab.page = await browser.new_page();
    tab.page.on("pageerror", (error) => script_errors.push(String(error)));
    await tab.page.goto(`${server.page_url}?room=${encodeURIComponent(room)}`);
    await tab.page.getByTestId("name").fill(name);
    await tab.page.getByTestId("name").press("Enter");
    await tab.in_state("connected");
    return tab;
  }
  in_state(state) {
    return this.page.locator(`[data-testid=state][data-state=${state}]`).waitFor();
  }
  async say(text) {
    await this.page.getByTestId("input").fill(text);
    await this.page.getByTestId("send").click();
  }
  message(text, state = "sent") {
    return this.page.locator(`[data-testid=message][data-state=${state}]`).filter({ hasText: text });
  }
  hears(text, state) {
    return this.message(text, state).waitFor();
  }
}

describe("the demo page", () => {
  test("is served whole, and makes no request elsewhere", limits, async () => {
    const page = await browser.new_page();
    tabs.push({ page });
    const strangers = [];
    const failed = [];
    page.on("request", (request) => request.url().startsWith(server.page_url) || strangers.push(request.url()));
    page.on("response", (response) => response.status() >= 400 && failed.push(response.url()));
    await page.goto(server.page_url, { waitUntil: "networkidle" });
    assert.equal(await page.getByTestId("name").isVisible(), true);
    assert.deepEqual(strangers, []);
    assert.deepEqual(failed, []);
  });

  test("lets two tabs chat, as two people", limits, async () => {
    const [ada, bob] = [await Tab.open("Ada"), await Tab.open("Bob")];
    await ada.say("Hello, Bob.");
    await bob.hears("Hello, Bob.");
    await bob.say("Hello, Ada. <b>bold</b>");
    await ada.hears("Hello, Ada. <b>bold</b>"); // as text: markup would not be found by it
    await ada.hears("Hello, Bob.");
    assert.match(await bob.message("Hello, Bob.").textContent(), /Ada/);
    assert.equal(await ada.message("Hello, Bob.").count(), 1, "our own broadcast is not shown twice");
    assert.deepEqual([...ada.script_errors, ...bob.script_errors], []);
    await ada.page.screenshot({ path: `${pictures}/chat.png`, animations: "disabled" });
  });

  test("keeps rooms apart", limits, async () => {
    const [ada, bob] = [await Tab.open("Ada", { room: "one" }), await Tab.open("Bob", { room: "two" })];
    await ada.say("Only for room one.");
    await ada.hears("Only for room one.");
    const eve = await Tab.open("Eve", { room: "two" });
    await eve.say("For room two.");
    await bob.hears("For room two.");
    assert.equal(await bob.message("Only for room one.").count(), 0);
  });

  test("survives kill -9 of the program, and sends what was typed meanwhile", limits, async () => {
    const [ada, bob] = [await Tab.open("Ada"), await Tab.open("Bob")];
    await server.kill();
    await Promise.all([ada.in_state("reconnecting"), bob.in_state("reconnecting")]);
    await ada.say("Typed while the server was down.");
    await ada.hears("Typed while the server was down.", "waiting");
    await ada.page.screenshot({ path: `${pictures}/reconnecting.png`, animations: "disabled" });

    await server.start();
    await Promise.all([ada.in_state("connected"), bob.in_state("connected")]);
    await ada.hears("Typed while the server was down.");
    assert.equal(await ada.message("Typed while the server was down.").count(), 1);
    await bob.say("Still here?");
    await ada.hears("Still here?");
    await ada.say("Still here.");
    await bob.hears("Still here.");
    await ada.page.screenshot({ path: `${pictures}/after_restart.png`, animations: "disabled" });
  });
});
