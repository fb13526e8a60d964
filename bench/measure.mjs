// Starts a server on one core and the load generator on another, and reads what the generator measured.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

const turnMilliseconds = 50;
const longestJoin = 120;

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

// The first two cores this process may use; with a single one nothing is pinned.
function usableCores() {
  const list = /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1];
  return list.split(',').flatMap((part) => {
    const [first, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  }).slice(0, 2);
}

// How many descriptors a child may have: what is wanted if this user may ask for it, else the hard limit.
export function descriptorLimit(wanted) {
  const asked = spawnSync('prlimit', [`--nofile=${wanted}:${wanted}`, 'true'], { stdio: 'ignore' });
  if (asked.status === 0) return { limit: wanted, prefix: ['prlimit', `--nofile=${wanted}:${wanted}`] };
  const hard = /Max open files\s+\d+\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))[1];
  return { limit: Number(hard), prefix: ['prlimit', `--nofile=${hard}:${hard}`] };
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function start(command) {
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.out = '';
  child.err = '';
  child.stdout.on('data', (data) => { child.out += data; });
  child.stderr.on('data', (data) => { child.err = (child.err + data).slice(-2000); });
  child.ended = new Promise((resolve) => {
    child.once('error', (error) => { child.err += error.message; running.delete(child); resolve(-1); });
    child.once('close', (code) => { running.delete(child); resolve(code); });
  });
  return child;
}

function within(seconds, promise, whatFailed) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(whatFailed)), seconds * 1000); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export class Bench {
  // `programs`: what must be there.
  constructor({ bin, server, descriptors, programs = ['floor', 'phxload', 'conformance_server'] }) {
    this.bin = bin;
    this.programs = { floor: join(bin, 'floor'), suzaku: server ?? join(bin, 'conformance_server'), phxload: join(bin, 'phxload') };
    for (const path of programs.map((name) => (name === 'conformance_server' ? this.programs.suzaku : join(bin, name)))) {
      if (!existsSync(path)) throw new Error(`${path} is missing: build it first (./dev build), or name the folder with --bin`);
    }
    this.prefix = descriptorLimit(descriptors).prefix;
    this.cores = usableCores();
  }

  pinned(core, command) {
    const pin = core === undefined || this.cores.length < 2 ? [] : ['taskset', '-c', String(this.cores[core])];
    return [...this.prefix, ...pin, ...command];
  }

  async startServer(kind, core, loops) {
    const port = await freePort();
    const args = kind === 'floor' ? [String(port)] : ['--port', String(port), '--loops', String(loops)];
    const server = start(this.pinned(core, [this.programs[kind], ...args]));
    server.port = port;
    const ready = new Promise((resolve) => {
      server.stdout.on('data', () => { if (/ready|listening on port/.test(server.out)) resolve('ready'); });
    });
    try {
      const first = await within(10, Promise.race([ready, server.ended]), `${this.programs[kind]} was not ready within 10 s`);
      if (first !== 'ready') throw new Error(`${this.programs[kind]} ended before it was ready: ${server.err.trim()}`);
    } catch (error) {
      server.kill('SIGKILL');
      throw error;
    }
    return server;
  }

  // A program on the core that is not the server's, which says what it has measured as one line of JSON.
  async run(command) {
    const child = start(this.pinned(1, command));
    const code = await within(longestJoin, child.ended, `${command.join(' ')} did not end`);
    if (code !== 0) throw new Error(`${command.join(' ')}\n  ${child.err.trim()}`);
    return JSON.parse(child.out);
  }

  // A fresh server and a generator that begins to load it. `load` holds the generator's options by name.
  async begin(kind, load, { loops, pin }) {
    const server = await this.startServer(kind, pin ? 0 : undefined, loops);
    const options = { port: server.port, pid: server.pid, ...load };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const generator = start(this.pinned(pin ? 1 : undefined, [this.programs.phxload, ...args]));
    return { kind, server, generator, command: `phxload ${args.join(' ')}` };
  }

  async finish({ kind, server, generator, command }, load) {
    try {
      const code = await within(longestJoin + 3 * load.secs + 30, generator.ended, `${kind}: ${command} did not end`);
      if (code !== 0) {
        const said = [generator.err || generator.out, server.err].map((text) => text.trim()).filter(Boolean);
        const end = server.signalCode ?? server.exitCode;
        if (end !== null) said.push(`the server has ended: ${end}`);
        throw new Error([`${kind}: ${command}`, ...said].join('\n  '));
      }
      return JSON.parse(generator.out);
    } finally {
      generator.kill('SIGKILL');
      server.kill('SIGKILL');
      await server.ended;
    }
  }

  // One server alone. Without `pin` it shares all cores with the generator.
  async measure(kind, load, { loops = 1, pin = true } = {}) {
    return this.finish(await this.begin(kind, load, { loops, pin }), load);
  }

  // Two servers side by side, each loaded for half of the time: the generators are stopped and continued in turns so short
  // that whatever else the machine does meets both alike. Only CPU time and memory can be read from that, not latency.
  async measureInTurns(kinds, load) {
    const doubled = { ...load, secs: load.secs * 2 };
    const runs = [];
    let going;
    let turns;
    try {
      for (const kind of kinds) {
        runs.push(await this.begin(kind, doubled, { loops: 1, pin: true }));
        if (runs.length > 1) runs[1].generator.kill('SIGSTOP');
      }
      going = runs[0].generator;
      turns = setInterval(() => {
        const [next] = runs.map((run) => run.generator).filter((generator) => generator !== going && running.has(generator));
        if (!next) return;
        going.kill('SIGSTOP');
        next.kill('SIGCONT');
        going = next;
      }, turnMilliseconds);
      const measured = await Promise.all(runs.map((run) => this.finish(run, doubled)));
      return Object.fromEntries(kinds.map((kind, i) => [kind, measured[i]]));
    } finally {
      clearInterval(turns);
      for (const { generator, server } of runs) [generator, server].forEach((child) => child.kill('SIGKILL'));
    }
  }
}
