"""Prints the events that come in on http://localhost:8080, if they are signed with the secret of bridge.yaml."""

import base64
import hashlib
import hmac
import os
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

SECRET = base64.b64decode(os.environ.get("WEBHOOK_SECRET", "whsec_c3V6YWt1").removeprefix("whsec_"))
OLDEST = 300  # seconds; a recorded request cannot be sent again after that


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        good = self.is_good(body)
        if good:
            print(body.decode(), flush=True)
        self.send_response(200 if good else 401)
        self.send_header("content-length", "0")
        self.end_headers()

    def is_good(self, body):
        sent_id, timestamp, signature = (self.headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
        signed = f"{sent_id}.{timestamp}.".encode() + body
        expected = b"v1," + base64.b64encode(hmac.digest(SECRET, signed, hashlib.sha256))
        return hmac.compare_digest(signature.encode(), expected) and abs(time.time() - int(timestamp)) <= OLDEST

    def log_message(self, *_):
        pass


HTTPServer(("localhost", int(os.environ.get("PORT", "8080"))), Receiver).serve_forever()
