#pragma once

namespace suzaku::config {

/// For tests: a file with every key of a bridge, set to another value than its default. It needs the variables
/// TOKEN and NUMBER.
inline constexpr auto kBridgeExample = R"(
environment: production
control: /tmp/control.sock
stop_deadline: 7s
log: {level: error, format: json}
connections:
  shop:
    url: wss://shop.example.com/socket
    params: {device: "7", number: 7, exact: 2.50, flag: true, none: null, word: yes, list: [1, x], deep: {of: "${NUMBER}"}}
    auth_token: ${TOKEN}
    headers: {X-Client: suzaku, X-Number: 5}
    channels:
      - room:lobby
      - {topic: "orders:eu", params: {since: 1}}
    reconnect: false
    max_retries: 4
    backoff: {first: 2s, factor: 2.5, max: 40s, jitter: 0.5}
    rejoin_after: [10ms, 20ms]
    heartbeat: 0s
    heartbeat_timeout: 15s
    restart: transient
    max_restarts: 9
    restart_period: 8s
    stop_deadline: 6s
    stable_after: 11s
    timeout: 12s
    connect_timeout: 13s
    transport: long_poll
    compress: true
    tls: {ca_file: ca.pem, certificate_file: cert.pem, key_file: key.pem, server_name: example.com, verify: false}
    proxy: http://proxy.example.com:3128
    allow_insecure: true
    preset: jidoka
    source: /shops/<connection>
    topic_prefix: shops.<connection>
    type_prefix: com.example
    filters:
      - {topic: "room:*", event: shout, where: {pointer: /user/id, equals: 7}}
      - {event: "new_*", where: {pointer: /tags, equals: [a, "1"]}}
  other:
    url: ws://127.0.0.1:4000/socket
    backoff: [1s, 2s, 5s]
agents:
  log: {sink: stdout}
  audit: {sink: file, path: audit.ndjson, max_size: 1MiB, keep: 2, restart: temporary, max_restarts: 1, restart_period: 2s}
  hook:
    sink: webhook
    url: https://example.com/hook
    mode: binary
    headers: {X-Tenant: acme}
    secret: whsec_c3V6YWt1
    ca_file: ca.pem
    timeout: 3s
    spool: hook.db
    max_spool_size: 2MiB
    max_attempts: 7
    max_age: 8m
    max_parked_size: 3MiB
    retry: {first: 3s, factor: 3, max: 4s, jitter: 0}
    capacity: 5
    max_queue_size: 6MiB
    drop: newest
    filters: [{event: shout}]
  answer:
    sink: command
    command: [python3, "${SCRIPT:-answer.py}"]
    directory: /tmp
    environment: {A: b, C: 5}
    grace: 14s
    restart: transient
    max_restarts: 6
    restart_period: 9s
  mirror: {sink: push, connection: other, topic: room:copy, event: copied}
routes:
  - {from: "suzaku.shop.**", to: log}
  - {from: [suzaku.connection.*, suzaku.channel.*], to: [log, hook, audit, answer]}
  - {from: suzaku.shop.*.shout, to: mirror}
  - {from: suzaku.connection.*, to: log}
)";

}  // namespace suzaku::config
