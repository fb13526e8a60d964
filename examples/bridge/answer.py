"""An agent: reads signals, one JSON object a line, and answers those who ask for help."""

import json
import sys

for line in sys.stdin:
    signal = json.loads(line)
    if signal["data"].get("text") != "help":
        continue
    push = {
        "connection": "helper",
        "topic": signal["phoenixtopic"],
        "event": "shout",
        "payload": {"name": "helper", "text": f"{signal['data']['name']}, what can I do for you?"},
    }
    print(json.dumps({"push": push}), flush=True)
