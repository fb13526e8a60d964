// What a run looks like on a terminal: a progress line while it goes on, tables at the end.

const coloured = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code) => (text) => (coloured ? `\x1b[${code}m${text}\x1b[0m` : text);
const [bold, red, green, dim] = ['1', '31', '32', '2'].map(paint);

const digits = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));
export const amount = (value, unit) => `${digits(value)} ${unit}`;
export const times = (ratio) => `${ratio.toFixed(2)}x`;
export const thousands = (value) => Math.round(value).toLocaleString('en-US');

export function limitText(row) {
  const { value, ratio } = row.limit;
  if (value && ratio) return `${value} ${row.unit} or ${times(ratio)}`;
  return value ? `${value} ${row.unit}` : times(ratio);
}

function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return whole >= 60 ? `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s` : `${whole} s`;
}

// Tells on stderr what is going on and how long it takes. The estimate is the plan, corrected by how late it is so far.
export class Progress {
  constructor(plannedSeconds) {
    this.planned = plannedSeconds;
    this.done = 0;
    this.began = Date.now();
    this.rewrites = process.stderr.isTTY;
  }

  step(text, seconds) {
    const elapsed = (Date.now() - this.began) / 1000;
    const pace = this.done > 10 ? elapsed / this.done : 1;
    const line = `${text} · ${clock((this.planned - this.done) * pace)} left`;
    process.stderr.write(this.rewrites ? `\r\x1b[K${line}` : `${line}\n`);
    this.done += seconds;
  }

  finish() {
    if (this.rewrites) process.stderr.write('\r\x1b[K');
    return (Date.now() - this.began) / 1000;
  }
}

function table(head, lines) {
  const widths = head.map((_, column) => Math.max(...[head, ...lines].map((line) => line[column].length)));
  const pad = (text, column) => (column === 0 ? text.padEnd(widths[column]) : text.padStart(widths[column]));
  return [bold(head.map(pad).join('  ')), ...lines.map((line) => line.map(pad).join('  '))];
}

// `passed`: for each line, whether its limit is kept.
export function printTable(titles, lines, passed) {
  const [head, ...body] = table(titles, lines);
  console.log(head);
  passed.forEach((good, i) => console.log(`${body[i]}  ${good ? green('✓ pass') : red('✗ MISSED')}`));
}

export function printRows(results) {
  const lines = results.map((row) => [
    row.title, amount(row.floor, row.unit), amount(row.suzaku, row.unit),
    `${times(row.ratio)} (${row.ratio_min.toFixed(2)}-${row.ratio_max.toFixed(2)})`, limitText(row),
  ]);
  printTable(['server cost', 'floor', 'Suzaku', 'ratio (min-max)', 'limit'], lines, results.map((row) => row.passed));
}

export function printMany(many) {
  console.log(`\n${bold(`${thousands(many.conns)} connections on one process`)}`);
  if (many.note) console.log(dim(many.note));
  const ms = (microseconds) => `${(microseconds / 1000).toFixed(0)} ms`;
  const lines = ['floor', 'suzaku'].map((kind) => {
    const { idle, fanout } = many[kind];
    return [kind === 'floor' ? 'floor' : 'Suzaku', amount(idle.rss_per_conn_kb, 'KB'), `${thousands(idle.joins_per_s)}/s`,
      ms(fanout.p50_us), ms(fanout.p99_us), amount(fanout.cpu_us_per_msg, 'us')];
  });
  console.log(table(['', 'memory/connection', 'joins', 'broadcast p50', 'p99', 'CPU/delivery'], lines).join('\n'));
}

export function printLoops(loops) {
  console.log(`\n${bold('Throughput with 1 and 2 loops')} (fan-out to 1,000, 4 in flight)`);
  console.log(`1 loop ${thousands(loops.one)}/s, 2 loops ${thousands(loops.two)}/s: ${times(loops.ratio)} (${loops.ratio_min.toFixed(2)}-${loops.ratio_max.toFixed(2)})`);
  console.log(dim(`The generator runs on the same ${loops.cores} cores: the server takes ${Math.round(loops.server_share * 100)} % of the CPU time of both, so about ${times(loops.ceiling)} is the most that can show here.`));
}
