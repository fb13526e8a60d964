#!/usr/bin/env node
// Measures the bridge beside a Node program that does the same with phoenix.js, in the same run. See README.md.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Bench } from './measure.mjs';
import { Progress, amount, printTable, thousands, times } from './report.mjs';
import { median } from './rows.mjs';
import { readOptions } from './turns.mjs';

const here = dirname(fileURLToPath(import.meta.url));

const help = `Usage: bench/bridge.mjs [options]
Messages with payloads of 200 bytes from a socket to lines of CloudEvents on standard output: \`suzaku bridge\` with a stdout
agent, and a Node program with phoenix.js, in turns, each on one core. About half a minute.

  --rounds N   turns of each (5)
  --secs S     seconds measured per turn, after warming up (2)
  --bin DIR    where suzaku and bridge_flow are (build/release/bin, or SUZAKU_BENCH_DIR)
  --help       this text

Needs the npm packages of tests/e2e. Writes bench/results/bridge.json. Exit code: 0 the limit was kept, 1 it was missed.`;

const leastRate = 200_000; // messages a second

const cost = ({ messages, seconds, cpu_s: cpu }) => ({ us: (cpu / messages) * 1e6, rate: messages / seconds });

async function main() {
  const { rounds, secs, bin } = readOptions(help);
  const bench = new Bench({ bin, programs: ['suzaku', 'bridge_flow'], descriptors: 1024 });
  const scratch = mkdtempSync(join(tmpdir(), 'suzaku-bench-'));
  process.env.SUZAKU_FLOW_CONTROL = join(scratch, 'control');
  const programs = {
    suzaku: [join(bin, 'suzaku'), 'bridge', '--config', join(here, 'bridge/bridge.yaml')],
    phoenix: [process.execPath, join(here, 'bridge/phoenix.mjs')],
  };
  const kinds = Object.keys(programs);
  const progress = new Progress(rounds * kinds.length * (secs * 1.25 + 0.5));
  const readings = [];
  try {
    for (let round = 0; round < rounds; ++round) {
      const reading = {};
      for (const kind of round % 2 ? [...kinds].reverse() : kinds) { // who goes first changes with the round
        progress.step(`messages to lines · ${kind} · round ${round + 1} of ${rounds}`, secs * 1.25 + 0.5);
        reading[kind] = cost(await bench.run([join(bin, 'bridge_flow'), String(secs), ...bench.pinned(0, programs[kind])]));
      }
      readings.push(reading);
    }
  } finally {
    rmSync(scratch, { recursive: true });
  }
  progress.finish();

  const middle = (pick) => median(readings.map(pick));
  const result = {
    ...Object.fromEntries(kinds.map((kind) => [
      kind, { us: middle((reading) => reading[kind].us), rate: middle((reading) => reading[kind].rate) },
    ])),
    ratio: middle(({ suzaku, phoenix }) => phoenix.us / suzaku.us),
    limit: { rate: leastRate },
    readings,
  };
  result.passed = result.suzaku.rate >= leastRate;
  printTable(
    ['bridge: message to line', 'phoenix.js', 'Suzaku', 'less CPU', 'messages/s', 'limit'],
    [['payloads of 200 bytes, one core', amount(result.phoenix.us, 'us'), amount(result.suzaku.us, 'us'), times(result.ratio),
      `${thousands(result.phoenix.rate)} and ${thousands(result.suzaku.rate)}`, `${thousands(leastRate)}/s`]],
    [result.passed],
  );
  const machine = { cpu: cpus()[0].model, cores: cpus().length, kernel: release(), node: process.version };
  mkdirSync(join(here, 'results'), { recursive: true });
  writeFileSync(join(here, 'results/bridge.json'), `${JSON.stringify({ date: new Date().toISOString(), machine, ...result }, null, 2)}\n`);
  return result.passed ? 0 : 1;
}

main().then((code) => { process.exitCode = code; }, (error) => {
  console.error(`bench/bridge.mjs: ${error.message}`);
  process.exitCode = 2;
});
