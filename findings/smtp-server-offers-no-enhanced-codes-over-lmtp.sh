#!/usr/bin/env bash
# smtp-server 3.21.6 with `lmtp: true` does not offer ENHANCEDSTATUSCODES after LHLO. RFC 2033, section 5: "the LMTP
# server MUST implement the ENHANCEDSTATUSCODES and PIPELINING extensions".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund smtp-server@3.21.6

cat >try.mjs <<'JS'
import { connect } from 'node:net';
import { SMTPServer } from 'smtp-server';
const options = { lmtp: true, authOptional: true, disabledCommands: ['AUTH', 'STARTTLS'], name: 'mail.example' };
const server = new SMTPServer(options);
server.listen(0, '127.0.0.1', () => {
  const client = connect(server.server.address().port, '127.0.0.1');
  let said = '';
  client.on('data', (data) => {
    said += data;
    if (/^220 .*\r\n$/.test(said)) client.write('LHLO client.example\r\n');
    if (/^250 /m.test(said)) {
      const offered = [...said.matchAll(/^250[- ]([A-Z0-9]+)\r?$/gm)].map(([, word]) => word);
      console.log(offered.join(' '));
      client.end();
      server.close();
    }
  });
});
JS
echo 'PIPELINING 8BITMIME SMTPUTF8' >seen.txt
node try.mjs | tee now.txt
diff seen.txt now.txt
