#!/usr/bin/env node
// Measures the client beside phoenix.js under Node, on the same server in the same run. See README.md.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Bench } from './measure.mjs';
import { Progress, amount, printTable, thousands, times } from './report.mjs';
import { median } from './rows.mjs';
import { readOptions } from './turns.mjs';

const here = dirname(fileURLToPath(import.meta.url));

const help = `Usage: bench/client.mjs [options]
Round trips of Suzaku's client, of phoenix.js under Node and of a bare floor, in turns, and the memory of idle sockets.
About 2 minutes.

  --rounds N   turns of each row; the medians count (5)
  --secs S     seconds measured per turn, after warming up (2)
  --bin DIR    where client_echo, client_floor, client_idle and conformance_server are (build/release/bin, or SUZAKU_BENCH_DIR)
  --help       this text

Needs the npm packages of tests/e2e. Writes bench/results/client.json. Exit code: 0 all limits kept, 1 one was missed.`;

const rows = [
  { id: 'pushes-32', title: '32 pushes in flight', inFlight: 32, limit: 5 },
  // Here the machine's own part, sending and waking up, is the most of it: no limit beside phoenix.js makes sense.
  { id: 'pushes-1', title: '1 push in flight', inFlight: 1, floorLimit: 1.6 },
];
const idle = { title: 'memory per idle joined socket', sockets: 5000, limit: 8 };

const cost = ({ round_trips: trips, seconds, cpu_s: cpu }) => ({ us: (cpu / trips) * 1e6, rate: trips / seconds });

async function measureRow(bench, server, row, { rounds, secs }, progress) {
  const url = `ws://127.0.0.1:${server.port}/socket`;
  const programs = {
    suzaku: [join(bench.bin, 'client_echo'), url, String(secs), String(row.inFlight)],
    phoenix: [process.execPath, join(here, 'client/echo.mjs'), url, String(secs), String(row.inFlight)],
    ...(row.floorLimit ? { floor: [join(bench.bin, 'client_floor'), String(server.port), String(secs)] } : {}),
  };
  const kinds = Object.keys(programs);
  const readings = [];
  for (let round = 0; round < rounds; ++round) {
    const reading = {};
    // Who goes first changes with the round.
    for (const kind of round % 2 ? [...kinds].reverse() : kinds) {
      progress.step(`${row.title} · ${kind} · round ${round + 1} of ${rounds}`, secs * 1.25 + 0.3);
      reading[kind] = cost(await bench.run(programs[kind]));
    }
    readings.push(reading);
  }
  const middle = (pick) => median(readings.map(pick));
  const ratio = middle(({ suzaku, phoenix }) => phoenix.us / suzaku.us);
  const floorRatio = row.floorLimit && middle(({ suzaku, floor }) => suzaku.us / floor.us);
  return {
    ...row,
    ...Object.fromEntries(kinds.map((kind) => [
      kind, { us: middle((reading) => reading[kind].us), rate: middle((reading) => reading[kind].rate) },
    ])),
    ratio,
    floorRatio,
    passed: (!row.limit || ratio >= row.limit) && (!row.floorLimit || floorRatio <= row.floorLimit),
    readings,
  };
}

async function main() {
  const options = readOptions(help);
  const bench = new Bench({ bin: options.bin, programs: ['client_echo', 'client_floor', 'client_idle', 'conformance_server'], descriptors: 20000 });
  const progress = new Progress(rows.length * options.rounds * 2 * (options.secs * 1.25 + 0.3) + 5);
  const server = await bench.startServer('suzaku', 0, 1);
  try {
    const results = [];
    for (const row of rows) results.push(await measureRow(bench, server, row, options, progress));
    progress.step(idle.title, 5);
    const memory = await bench.run([join(bench.bin, 'client_idle'), `ws://127.0.0.1:${server.port}/socket`, String(idle.sockets)]);
    progress.finish();

    printTable(
      ['client cost', 'phoenix.js', 'Suzaku', 'floor', 'less CPU', 'of the floor', 'limit', 'round trips/s'],
      results.map((row) => [
        row.title, amount(row.phoenix.us, 'us'), amount(row.suzaku.us, 'us'), row.floor ? amount(row.floor.us, 'us') : '',
        times(row.ratio), row.floorRatio ? times(row.floorRatio) : '',
        row.limit ? `${times(row.limit)} less` : `${times(row.floorLimit)} of the floor`,
        `${thousands(row.phoenix.rate)} and ${thousands(row.suzaku.rate)}`,
      ]),
      results.map((row) => row.passed),
    );
    const small = memory.kb_per_socket <= idle.limit;
    printTable([idle.title, 'limit'], [[amount(memory.kb_per_socket, 'KB'), amount(idle.limit, 'KB')]], [small]);
    const report = {
      date: new Date().toISOString(),
      machine: { cpu: cpus()[0].model, cores: cpus().length, kernel: release(), node: process.version },
      rows: results,
      memory: { ...memory, limit: idle.limit },
    };
    mkdirSync(join(here, 'results'), { recursive: true });
    writeFileSync(join(here, 'results/client.json'), `${JSON.stringify(report, null, 2)}\n`);
    return results.every((row) => row.passed) && small ? 0 : 1;
  } finally {
    server.kill('SIGKILL');
  }
}

main().then((code) => { process.exitCode = code; }, (error) => {
  console.error(`\nbench: ${error.message}`);
  process.exitCode = 2;
});
