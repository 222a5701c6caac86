#!/usr/bin/env bash
# country-state-city 3.2.1 calls a field `isoCode`, and gives Mexico City as "CDMX" there: ISO 3166-2 has CMX (MX-CMX,
# since 2018; DIF before). All other states of Mexico have their ISO code, so that only the capital, the most populous
# entry but one, fails to match data that is coded by the standard.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund country-state-city@3.2.1

cat >try.mjs <<'JS'
import { createRequire } from 'node:module';
const { State } = createRequire(import.meta.url)('country-state-city');
const iso = 'AGU BCN BCS CAM CHP CHH CMX COA COL DUR GUA GRO HID JAL MEX MIC MOR NAY NLE OAX PUE QUE ROO SLP SIN SON TAB TAM TLA VER YUC ZAC'.split(' ');
const states = State.getStatesOfCountry('MX');
const known = states.map(({ isoCode }) => isoCode);
console.log(`${states.length} states`);
console.log(`not of ISO 3166-2: ${states.filter(({ isoCode }) => !iso.includes(isoCode)).map(({ isoCode, name }) => `${isoCode} (${name})`).join(', ')}`);
console.log(`missing: ${iso.filter((code) => !known.includes(code)).join(', ')}`);
JS
cat >seen.txt <<'TXT'
32 states
not of ISO 3166-2: CDMX (Ciudad de México)
missing: CMX
TXT
node try.mjs | tee now.txt
diff seen.txt now.txt
