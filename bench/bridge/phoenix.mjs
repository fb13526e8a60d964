// What `suzaku bridge` does with a message, as a Node program does it: phoenix.js, and a CloudEvent as a line of JSON.
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../tests/e2e/package.json', import.meta.url));
const { Socket } = require('phoenix');
const WebSocket = require('ws');

const socket = new Socket(process.env.SUZAKU_FLOW_URL, { transport: WebSocket, vsn: '2.0.0' });
socket.connect();
const channel = socket.channel('room:flow');
channel.on('news', (data) => {
  process.stdout.write(`${JSON.stringify({
    specversion: '1.0', id: randomUUID(), source: '/suzaku/flow', type: 'suzaku.flow.room_flow.news',
    subject: 'room:flow', time: new Date().toISOString(), datacontenttype: 'application/json',
    connection: 'flow', phoenixtopic: 'room:flow', phoenixevent: 'news', phoenixkind: 'broadcast', data,
  })}\n`);
});
channel.join();
