// A proxy before the server, as a gateway is: it lets in who shows the token of the moment, and it can fail in a gateway's ways.
import { once } from "node:events";
import { connect, createServer } from "node:net";

export class Gate {
  #listener;
  #connections = new Set();
  #port;
  token = "";
  answer = 0; // a status that everybody gets: a deploy
  accepted = 0;
  refused = {}; // status -> how many

  constructor(server_port) {
    this.#port = server_port;
  }

  async start() {
    this.#listener = createServer((socket) => this.#serve(socket)).listen(0, "127.0.0.1");
    await once(this.#listener, "listening");
    return this;
  }
  get port() {
    return this.#listener.address().port;
  }

  cut() {
    for (const socket of this.#connections) socket.destroy();
  }
  close() {
    this.cut();
    this.#listener.close();
  }

  #serve(socket) {
    this.#connections.add(socket);
    socket.on("close", () => this.#connections.delete(socket));
    socket.on("error", () => {}); // "close" follows
    socket.setNoDelay(true);
    let head = "";
    const read = (piece) => {
      head += piece.toString("latin1");
      if (!head.includes("\r\n\r\n")) return;
      socket.off("data", read);
      const token = /[?&]token=([^& ]*)/.exec(head)?.[1];
      const status = this.answer || (token === this.token ? 0 : 403);
      if (status) return this.#refuse(socket, status);
      this.accepted += 1;
      this.#forward(socket, Buffer.from(head, "latin1"));
    };
    socket.on("data", read);
  }

  #refuse(socket, status) {
    this.refused[status] = (this.refused[status] ?? 0) + 1;
    socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
  }

  #forward(socket, head) {
    const server = connect(this.#port, "127.0.0.1");
    server.setNoDelay(true);
    server.write(head);
    server.on("error", () => socket.destroy());
    server.on("close", () => socket.destroy());
    socket.on("close", () => server.destroy());
    socket.pipe(server).pipe(socket);
  }
}
