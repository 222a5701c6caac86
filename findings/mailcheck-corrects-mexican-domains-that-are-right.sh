#!/usr/bin/env bash
# The two usual libraries that offer a corrected mail domain, mailcheck 1.1.1 and @zootools/email-spell-checker 1.12.0,
# offer a wrong one for Mexican domains that are right and in daily use: large providers under com.mx and net.mx lose
# their country, organisations under org.mx and edu.mx too, and with mailcheck the national university (unam.mx) and two
# others become domains of the United States' military (unam.mil).
# Both compare the second-level domain and the ending apart and know no two-part endings such as com.mx, org.mx, edu.mx.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund mailcheck@1.1.1 @zootools/email-spell-checker@1.12.0

cat >try.mjs <<'JS'
import { createRequire } from 'node:module';
import spellChecker from '@zootools/email-spell-checker';
const mailcheck = createRequire(import.meta.url)('mailcheck');
const domains = ['unam.mx', 'itam.mx', 'ibero.mx', 'hotmail.com.mx', 'prodigy.net.mx', 'ejemplo.org.mx', 'uabc.edu.mx'];
for (const domain of domains) {
  const email = `ana@${domain}`;
  const offered = [mailcheck.run({ email }), spellChecker.run({ email })].map((offer) => offer?.domain ?? 'nothing');
  console.log(`${domain} -> mailcheck: ${offered[0]}, email-spell-checker: ${offered[1]}`);
}
JS
cat >seen.txt <<'TXT'
unam.mx -> mailcheck: unam.mil, email-spell-checker: nothing
itam.mx -> mailcheck: itam.mil, email-spell-checker: nothing
ibero.mx -> mailcheck: ibero.mil, email-spell-checker: nothing
hotmail.com.mx -> mailcheck: hotmail.com, email-spell-checker: hotmail.com
prodigy.net.mx -> mailcheck: prodigy.net, email-spell-checker: prodigy.net
ejemplo.org.mx -> mailcheck: ejemplo.org, email-spell-checker: ejemplo.org
uabc.edu.mx -> mailcheck: uabc.edu, email-spell-checker: uabc.edu
TXT
node try.mjs | tee now.txt
diff seen.txt now.txt
