// Draws the rows as an SVG: how much of its limit each row uses. Readable on light and on dark pages.
import { amount, limitText, times } from './report.mjs';

const width = 860;
const rowHeight = 52;
const top = 96;
const left = 270;
const right = 200;
const scaleEnd = 1.25; // Of the limit; what goes beyond is cut and says so in its label.

const escape = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
const x = (share) => left + (Math.min(share, scaleEnd) / scaleEnd) * (width - left - right);

const style = `
  .card { fill: #ffffff; stroke: #d0d7de; } text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328; }
  .title { font-size: 18px; font-weight: 600; } .soft { fill: #59636e; font-size: 12px; } .value { font-weight: 600; }
  .track { fill: #eff2f5; } .pass { fill: #c8442c; } .missed { fill: #6e4acb; } .limit { stroke: #1f2328; stroke-width: 1.5; stroke-dasharray: 4 3; }
  .floor { stroke: #59636e; stroke-width: 2.5; } .range { stroke: #1f2328; stroke-width: 1.5; }
  @media (prefers-color-scheme: dark) {
    .card { fill: #0d1117; stroke: #3d444d; } text { fill: #f0f6fc; } .soft { fill: #9198a1; } .track { fill: #212830; }
    .pass { fill: #e8654a; } .missed { fill: #a98bf5; } .limit { stroke: #f0f6fc; } .floor { stroke: #b7bdc8; } .range { stroke: #f0f6fc; }
  }`;

// Ratio and amount limits on one scale: the share of the limit that a ratio to the floor amounts to.
function shareOf(row, ratio) {
  return row.share * (ratio / row.ratio);
}

function bar(row, index) {
  const y = top + index * rowHeight;
  const middle = y + 12;
  const amounts = `${amount(row.suzaku, row.unit)}, floor ${amount(row.floor, row.unit)}`;
  const floorX = x(shareOf(row, 1));
  const [low, high] = [row.ratio_min, row.ratio_max].map((ratio) => x(shareOf(row, ratio)));
  return `
  <text x="24" y="${y + 9}">${escape(row.title)}</text>
  <text x="24" y="${y + 26}" class="soft">${amounts}</text>
  <rect x="${left}" y="${y}" width="${x(scaleEnd) - left}" height="24" rx="4" class="track"/>
  <rect x="${left}" y="${y}" width="${(x(row.share) - left).toFixed(1)}" height="24" rx="4" class="${row.passed ? 'pass' : 'missed'}"/>
  <path d="M${floorX.toFixed(1)} ${y - 4}v32" class="floor"/>
  <path d="M${low.toFixed(1)} ${middle}H${high.toFixed(1)}M${low.toFixed(1)} ${middle - 4}v8M${high.toFixed(1)} ${middle - 4}v8" class="range"/>
  <text x="${width - right + 14}" y="${y + 9}" class="value">${times(row.ratio)} the floor ${row.passed ? '✓' : '✗'}</text>
  <text x="${width - right + 14}" y="${y + 26}" class="soft">limit ${escape(limitText(row))}</text>`;
}

export function plot(report) {
  const bottom = top + report.rows.length * rowHeight;
  const height = bottom + 44;
  const limitX = x(1);
  const { machine, settings } = report;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Suzaku's cost per row, as a share of its limit">
  <style>${style}
  </style>
  <rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10" class="card"/>
  <text x="24" y="36" class="title">Suzaku: what a message, a join and a connection cost</text>
  <text x="24" y="58" class="soft">Bar: cost on the scale of its limit (left of the dashed line passes). Upright mark: the floor, a bare epoll server. Whiskers: all rounds.</text>${report.rows.map(bar).join('')}
  <path d="M${limitX} ${top - 14}V${bottom - 14}" class="limit"/>
  <text x="${limitX}" y="${top - 19}" text-anchor="middle" class="soft">limit</text>
  <text x="24" y="${height - 18}" class="soft">${escape(`${report.date.slice(0, 10)} · ${machine.cpu}, ${machine.cores} cores · medians of ${settings.rounds} rounds of ${settings.secs} s`)}</text>
</svg>
`;
}
