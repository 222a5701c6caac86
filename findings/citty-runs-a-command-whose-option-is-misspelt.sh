#!/usr/bin/env bash
# citty 0.2.2 runs a command although an option is misspelt, and although words are left over. Nothing is said: the
# option that was meant is absent, the misspelt one is `true`, and its value becomes a word of its own. Of an option
# that is given twice the last counts. With a command that narrows by an option, such as `approve --office X`, a typing
# error widens it to everything.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund citty@0.2.2

cat >try.mjs <<'JS'
import { defineCommand, runCommand } from 'citty';
const approve = defineCommand({
  args: { office: { type: 'string' } },
  run: ({ args }) => console.log(`runs, office: ${args.office}, ${JSON.stringify(args)}`),
});
for (const rawArgs of [['--office', 'dif'], ['--ofice', 'dif'], ['dif', 'now'], ['--office', 'dif', '--office', 'inm']]) {
  await runCommand(approve, { rawArgs });
}
JS
cat >seen.txt <<'TXT'
runs, office: dif, {"_":[],"office":"dif"}
runs, office: undefined, {"_":["dif"],"ofice":true}
runs, office: undefined, {"_":["dif","now"]}
runs, office: inm, {"_":[],"office":"inm"}
TXT
node try.mjs | tee now.txt
diff seen.txt now.txt
