// A server program under test: started, killed, started again on the same port.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const kReadyMs = 20_000;

export class Server {
  #command;
  #process = null;
  port = 0;

  constructor(command) {
    this.#command = command;
  }

  // The conformance server, whose rooms do what the tests need; and the program that users run.
  static conformance() {
    return new Server([from_environment("SUZAKU_CONFORMANCE_SERVER")]);
  }
  static program() {
    return new Server([from_environment("SUZAKU_PROGRAM"), "server"]);
  }

  get pid() {
    return this.#process.pid;
  }
  get socket_url() {
    return `ws://127.0.0.1:${this.port}/socket`;
  }
  get page_url() {
    return `http://127.0.0.1:${this.port}/`;
  }

  // Resolves when the server accepts connections: the first time on a port of its choice, later on the same one.
  async start() {
    const [program, ...words] = this.#command;
    this.#process = spawn(program, [...words, "--port", String(this.port)], { stdio: ["ignore", "pipe", "pipe"] });
    const complaints = [];
    this.#process.stderr.on("data", (piece) => complaints.push(piece));
    this.port = await listening_port(this.#process, complaints);
    return this;
  }

  // kill -9: no goodbye to anybody.
  kill() {
    return this.#end("SIGKILL");
  }
  stop() {
    return this.#end("SIGTERM");
  }

  async #end(signal) {
    const ending = this.#process;
    this.#process = null;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const exited = once(ending, "exit");
    ending.kill(signal);
    await exited;
  }
}

function from_environment(variable) {
  const program = process.env[variable];
  if (!program) throw new Error(`${variable} must name the server program to test`);
  return program;
}

function listening_port(child, complaints) {
  return new Promise((resolve, reject) => {
    const fail = (what) => reject(new Error(`${child.spawnfile} ${what}\n${Buffer.concat(complaints)}`));
    const late = setTimeout(() => {
      child.kill("SIGKILL");
      fail(`did not say "listening on port N" within ${kReadyMs} ms`);
    }, kReadyMs);
    child.once("error", (error) => fail(`did not start: ${error.message}`));
    child.once("exit", (code, signal) => {
      clearTimeout(late);
      fail(`ended before it was ready (${signal ?? code})`);
    });
    // Read on after the line is found: a full pipe would stop the server.
    createInterface({ input: child.stdout }).on("line", (line) => {
      const port = /listening on port (\d+)/.exec(line)?.[1];
      if (!port) return;
      clearTimeout(late);
      resolve(Number(port));
    });
  });
}
