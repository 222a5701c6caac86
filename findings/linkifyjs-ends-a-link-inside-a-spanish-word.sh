#!/usr/bin/env bash
# linkifyjs 4.4.0 finds web addresses in Spanish testimony that has none.
# A full stop without a blank after it is common in text typed on a telephone: "mal.caímos". A word after such a stop
# that begins with a top-level domain becomes a link ("ayer.de"), and the link ends in the middle of a word where an
# accented letter follows: "mal.caímos" holds the link "http://mal.ca", with "ímos" left outside.
# Expected by good knowledge: no link, or, with internationalised domains known, a check of the whole label ("caímos"
# is no top-level domain).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund linkifyjs@4.4.0

cat >try.mjs <<'JS'
import { find } from 'linkifyjs';
for (const text of ['Soy madre.me quitaron a mi hijo', 'Llegamos ayer.de ahí nos regresaron', 'Me sentí mal.caímos todos']) {
  console.log(`${text} -> ${find(text).map(({ href, value }) => `${href} (${value})`).join(', ')}`);
}
JS
cat >seen.txt <<'TXT'
Soy madre.me quitaron a mi hijo -> http://madre.me (madre.me)
Llegamos ayer.de ahí nos regresaron -> http://ayer.de (ayer.de)
Me sentí mal.caímos todos -> http://mal.ca (mal.ca)
TXT
node try.mjs | tee now.txt
diff seen.txt now.txt
