// `suzaku bridge` under test: what it prints, and what it answers to `ctl`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const kPatienceMs = 30_000;

export class Bridge {
  #process;
  #waiting = [];
  signals = []; // what the stdout agent has printed
  errors = "";

  constructor(config, environment) {
    this.environment = { ...process.env, ...environment };
    this.#process = spawn(process.env.SUZAKU_PROGRAM, ["bridge", "--config", config], {
      env: this.environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process.stderr.on("data", (piece) => { this.errors += piece; });
    createInterface({ input: this.#process.stdout }).on("line", (line) => {
      this.signals.push(JSON.parse(line));
      this.#waiting = this.#waiting.filter((look) => !look());
    });
  }

  get pid() {
    return this.#process.pid;
  }

  // The signal of which `is` is true: one that is there already, from the given place on, or one that comes.
  signal(is, { from = 0, what = is } = {}) {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`no such signal came: ${what}\n${this.errors}`)), kPatienceMs);
      const look = () => {
        const found = this.signals.slice(from).find(is);
        if (!found) return false;
        clearTimeout(late);
        resolve(found);
        return true;
      };
      if (!look()) this.#waiting.push(look);
    });
  }

  // The exit code and the output of `suzaku bridge ctl`.
  async ctl(...words) {
    const child = spawn(
      process.env.SUZAKU_PROGRAM,
      ["bridge", "ctl", "--socket", this.environment.SUZAKU_CONTROL, ...words],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    let output = "";
    child.stdout.on("data", (piece) => { output += piece; });
    child.stderr.on("data", (piece) => { output += piece; });
    const [code] = await once(child, "close");
    return { code, output };
  }

  reload() {
    this.#process.kill("SIGHUP");
  }

  kill() {
    this.#process.kill("SIGKILL");
  }

  // Its exit code, after SIGTERM.
  async stop() {
    const ended = once(this.#process, "close");
    this.#process.kill("SIGTERM");
    const [code] = await ended;
    return code;
  }
}
