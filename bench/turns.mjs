// What the benchmarks beside phoenix.js may be told: --rounds, --secs, --bin and --help.
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));

export function readOptions(help) {
  const { values } = parseArgs({
    options: { rounds: { type: 'string' }, secs: { type: 'string' }, bin: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    console.log(help);
    process.exit(0);
  }
  return {
    rounds: Number(values.rounds ?? 5),
    secs: Number(values.secs ?? 2),
    bin: resolve(values.bin ?? process.env.SUZAKU_BENCH_DIR ?? join(here, '../build/release/bin')),
  };
}
