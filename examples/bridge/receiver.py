"""Prints the events that come in on http://localhost:8080, if they are signed with the secret of bridge.yaml."""

import base64
import hashlib
import hmac
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

SECRET = base64.b64decode(os.environ.get("WEBHOOK_SECRET", "whsec_c3V6YWt1").removeprefix("whsec_"))


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + body
        signature = base64.b64encode(hmac.digest(SECRET, signed, hashlib.sha256)).decode()
        good = hmac.compare_digest(self.headers["webhook-signature"], f"v1,{signature}")
        if good:
            print(body.decode(), flush=True)
        self.send_response(204 if good else 401)
        self.end_headers()

    def log_message(self, *_):
        pass


HTTPServer(("localhost", int(os.environ.get("PORT", "8080"))), Receiver).serve_forever()
