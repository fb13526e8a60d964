// node echo.mjs URL SECONDS IN_FLIGHT: what client_echo does, with phoenix.js.
import { createRequire } from 'node:module';

// The packages of the end-to-end tests.
const require = createRequire(new URL('../../tests/e2e/package.json', import.meta.url));
const { Socket } = require('phoenix');
const WebSocket = require('ws');

const [url, seconds, inFlight] = process.argv.slice(2);
const body = { text: 'x'.repeat(100) };
const sleep = (time) => new Promise((resolve) => { setTimeout(resolve, time * 1000); });

const socket = new Socket(url, { transport: WebSocket });
socket.connect();
const channel = socket.channel('room:echo');
await new Promise((resolve, reject) => { channel.join().receive('ok', resolve).receive('error', reject); });

let replies = 0;
const push = () => channel.push('echo', body).receive('ok', () => {
  replies += 1;
  push();
});
for (let i = 0; i < Number(inFlight); ++i) push();

await sleep(seconds / 4); // to warm up
const before = replies;
const cpu = process.cpuUsage();
const began = performance.now();
await sleep(Number(seconds));
const took = (performance.now() - began) / 1000;
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ round_trips: replies - before, seconds: took, cpu_s: (user + system) / 1e6 }));
process.exit(0);
