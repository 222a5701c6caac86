#!/usr/bin/env bash
# Lists of mail providers hold the domains that people arrive at by a slip. free-email-domains 1.12.6 names gmial.com,
# hotmial.com and yaho.com as providers of free mail beside the true ones, disposable-email-domains 1.0.62 names gmai.com
# among the throw-away ones. A form that asks such a list "is this a provider?" before it offers a
# correction never offers one for the commonest slip there is; one that refuses throw-away domains tells a person who
# missed a letter that their address is not wanted.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts free-email-domains@1.12.6 disposable-email-domains@1.0.62

cat >try.mjs <<'JS'
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const free = new Set(require('free-email-domains'));
const disposable = new Set(require('disposable-email-domains'));
const slips = ['gmial.com', 'gmai.com', 'hotmial.com', 'yaho.com', 'outlok.com'];
for (const domain of ['gmail.com', 'hotmail.com', ...slips])
  console.log(`${domain}: ${[free.has(domain) && 'free', disposable.has(domain) && 'throw-away'].filter(Boolean).join(', ') || 'in neither'}`);
JS
cat >seen.txt <<'TXT'
gmail.com: free
hotmail.com: free
gmial.com: free
gmai.com: throw-away
hotmial.com: free
yaho.com: free
outlok.com: in neither
TXT
node try.mjs | tee now.txt
diff seen.txt now.txt
