"""An agent: reads signals, one JSON object a line, and answers those who ask for help."""

import json
import sys

for line in sys.stdin:
    signal = json.loads(line)
    asked = signal.get("data")  # any JSON, and nothing when the message was binary
    if not isinstance(asked, dict) or asked.get("text") != "help":
        continue
    push = {
        "connection": "helper",
        "topic": signal["phoenixtopic"],
        "event": "shout",
        "payload": {"name": "helper", "text": f"{asked.get('name', 'friend')}, what can I do for you?"},
    }
    print(json.dumps({"push": push}), flush=True)
