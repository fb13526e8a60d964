#!/usr/bin/env node
// Measures Suzaku beside the floor program, in turns, and says whether the limits are kept. See README.md.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { Bench, descriptorLimit } from './measure.mjs';
import { plot } from './plot.mjs';
import { Progress, printLoops, printMany, printRows } from './report.mjs';
import { extras, judge, median, rows } from './rows.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const ids = [...rows, ...extras].map((row) => row.id);
const kinds = ['floor', 'suzaku'];

const help = `Usage: bench/run.mjs [options]
Measures Suzaku beside a bare epoll server (the floor), in turns, and compares with the limits. About 4 minutes.

  --rounds N     turns of each row; the medians count (7)
  --secs S       seconds measured per turn, after warming up (2)
  --quick        2 rounds of 1 s, without the extras: a first look in under a minute
  --only ROW     only this row, can be repeated; no result files are written
                 (${ids.join(', ')})
  --bin DIR      where phxload, floor and conformance_server are (build/release/bin, or SUZAKU_BENCH_DIR)
  --server PATH  another server instead of conformance_server; it gets --port N --loops N
  --help         this text

Writes bench/results/latest.json and latest.svg. Exit code: 0 all limits kept, 1 one was missed, 2 could not measure.`;

function readOptions() {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string' }, secs: { type: 'string' }, only: { type: 'string', multiple: true }, server: { type: 'string' },
      bin: { type: 'string' }, quick: { type: 'boolean' }, help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(help);
    process.exit(0);
  }
  const positive = (name, fallback) => {
    const number = Number(values[name] ?? fallback);
    if (!(number > 0)) throw new Error(`--${name} needs a number above 0, not '${values[name]}'`);
    return number;
  };
  for (const id of values.only ?? []) {
    if (!ids.includes(id)) throw new Error(`--only knows ${ids.join(', ')}, not '${id}'`);
  }
  const wholeSet = values.quick ? rows.map((row) => row.id) : ids;
  return {
    rounds: Math.ceil(positive('rounds', values.quick ? 2 : 7)),
    secs: positive('secs', values.quick ? 1 : 2),
    wanted: values.only ?? wholeSet,
    partial: values.only !== undefined,
    bin: resolve(values.bin ?? process.env.SUZAKU_BENCH_DIR ?? join(here, '../build/release/bin')),
    server: values.server && resolve(values.server),
  };
}

// Every step of the run in order, so that the time left is known from the start. A step is {text, seconds, run}.
function planRows(bench, options, readings) {
  const steps = [];
  const chosen = rows.filter((row) => options.wanted.includes(row.id));
  for (let round = 0; round < options.rounds; ++round) {
    for (const row of chosen) {
      const load = { secs: options.secs, ...row.load };
      // Who goes first changes with the round.
      const order = round % 2 ? [...kinds].reverse() : kinds;
      steps.push({
        text: `${row.title} · round ${round + 1} of ${options.rounds}`,
        seconds: 2 * load.secs + (row.load.secs === undefined ? 1.3 : 1.5),
        run: async () => {
          const { floor, suzaku } = await bench.measureInTurns(order, load);
          (readings[row.id] ??= []).push({ floor: floor[row.field], suzaku: suzaku[row.field] });
        },
      });
    }
  }
  return steps;
}

const manyWanted = 20000;
const serversOwnDescriptors = 100;

function planMany(bench, options, many) {
  if (!options.wanted.includes('many')) return [];
  const { limit } = descriptorLimit(manyWanted + serversOwnDescriptors);
  many.conns = Math.min(manyWanted, limit - serversOwnDescriptors);
  if (many.conns < manyWanted) many.note = `Not 20,000: a process may have ${limit} file descriptors here (ulimit -Hn).`;
  return kinds.flatMap((kind) => {
    const step = (name, load, seconds) => ({
      text: `${many.conns} connections, ${name} · ${kind}`,
      seconds,
      run: async () => { (many[kind] ??= {})[name] = await bench.measure(kind, { conns: many.conns, ...load }); },
    });
    return [step('idle', { mode: 'idle', secs: 1 }, 3), step('fanout', { mode: 'fanout', window: 1, secs: 4 }, 7)];
  });
}

const loopRounds = 3;

function planLoops(bench, options, readings) {
  if (!options.wanted.includes('loops')) return [];
  const load = { mode: 'fanout', conns: 1000, window: 4, secs: options.secs };
  return Array.from({ length: loopRounds * 2 }, (_, i) => {
    const round = i >> 1;
    const loops = 1 + (i % 2);
    return {
      text: `throughput with ${loops} loop${loops > 1 ? 's' : ''} · round ${round + 1} of ${loopRounds}`,
      seconds: options.secs + 1.2,
      run: async () => { (readings[round] ??= [])[loops] = await bench.measure('suzaku', load, { loops, pin: false }); },
    };
  });
}

function judgeLoops(rounds, cores) {
  const rates = (loops) => rounds.map((round) => round[loops].msgs_per_s);
  const ratios = rounds.map((round) => round[2].msgs_per_s / round[1].msgs_per_s);
  // With one loop the server's core is the limit; with two, server and generator share all cores.
  const serverShare = median(rounds.map(([, one]) => one.server_cpu_s / (one.server_cpu_s + one.client_cpu_s)));
  return {
    one: median(rates(1)), two: median(rates(2)), ratio: median(ratios), ratio_min: Math.min(...ratios),
    ratio_max: Math.max(...ratios), cores, server_share: serverShare, ceiling: Math.min(2, cores * serverShare),
  };
}

function save(report) {
  const folder = join(here, 'results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'latest.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(folder, 'latest.svg'), plot(report));
  const shown = relative(process.cwd(), folder) || '.';
  console.log(`\nWritten: ${shown}/latest.json, ${shown}/latest.svg`);
}

async function main() {
  const options = readOptions();
  const bench = new Bench({ ...options, descriptors: manyWanted + serversOwnDescriptors });
  const readings = {};
  const many = {};
  const loopReadings = [];
  const steps = [...planRows(bench, options, readings), ...planMany(bench, options, many), ...planLoops(bench, options, loopReadings)];
  const progress = new Progress(steps.reduce((sum, step) => sum + step.seconds, 0));
  for (const { text, seconds, run } of steps) {
    progress.step(text, seconds);
    await run();
  }
  const seconds = progress.finish();

  const results = rows.filter((row) => readings[row.id]).map((row) => judge(row, readings[row.id]));
  const report = {
    date: new Date().toISOString(),
    machine: { cpu: cpus()[0].model, cores: cpus().length, kernel: release() },
    settings: { rounds: options.rounds, secs: options.secs, took_seconds: Math.round(seconds) },
    rows: results,
    ...(many.suzaku && { many }),
    ...(loopReadings.length && { loops: judgeLoops(loopReadings, cpus().length) }),
  };
  if (results.length) printRows(results);
  if (report.many) printMany(report.many);
  if (report.loops) printLoops(report.loops);
  if (!options.partial) save(report);
  return results.every((row) => row.passed) ? 0 : 1;
}

main().then((code) => { process.exitCode = code; }, (error) => {
  console.error(`\nbench: ${error.message}`);
  process.exitCode = 2;
});
