// What is measured and what must be reached. The limits are ratios to the floor program, measured in the same run: machines
// differ and are noisy, and only that ratio means the same everywhere. Where a limit is an amount it stands beside it.

const fanout = (window) => ({ mode: 'fanout', conns: 1000, window });
const echo = (window) => ({ mode: 'echo', conns: 100, window });

// Joining may cost 25 us where the floor needs 14 us; on a slower machine the same ratio counts.
const joinLimit = { value: 25, ratio: 25 / 14 };

export const rows = [
  { id: 'fanout-4', title: 'fan-out to 1,000, 4 in flight', load: fanout(4), field: 'cpu_us_per_msg', unit: 'us', limit: { ratio: 1.15 } },
  { id: 'fanout-1', title: 'fan-out to 1,000, 1 in flight', load: fanout(1), field: 'cpu_us_per_msg', unit: 'us', limit: { ratio: 1.15 } },
  { id: 'echo-1', title: 'echo, 100 connections, 1 in flight', load: echo(1), field: 'cpu_us_per_msg', unit: 'us', limit: { ratio: 1.2 } },
  { id: 'echo-8', title: 'echo, 100 connections, 8 in flight', load: echo(8), field: 'cpu_us_per_msg', unit: 'us', limit: { ratio: 1.5 } },
  { id: 'memory', title: 'memory per joined idle connection', load: { mode: 'idle', conns: 10000, secs: 0.5 }, field: 'rss_per_conn_kb', unit: 'KB', limit: { value: 1.5 } },
  { id: 'join', title: 'CPU per connect + join', load: { mode: 'storm', conns: 10000, secs: 0 }, field: 'cpu_us_per_join', unit: 'us', limit: joinLimit },
];

// Measured and shown, without a limit.
export const extras = [
  { id: 'many', title: '20,000 connections' },
  { id: 'loops', title: 'one loop against two' },
];

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// From the readings of each round to what the row says. `share` is the part of the limit that is used: at most 1 passes.
export function judge(row, rounds) {
  const ratios = rounds.map((round) => round.suzaku / round.floor);
  const floor = median(rounds.map((round) => round.floor));
  const suzaku = median(rounds.map((round) => round.suzaku));
  const ratio = median(ratios);
  const { limit } = row;
  const shares = [];
  if (limit.value) shares.push(suzaku / limit.value);
  if (limit.ratio) shares.push(ratio / limit.ratio);
  const share = Math.min(...shares);
  return {
    id: row.id, title: row.title, unit: row.unit, limit, floor, suzaku,
    ratio, ratio_min: Math.min(...ratios), ratio_max: Math.max(...ratios),
    share, passed: share <= 1, rounds,
  };
}
