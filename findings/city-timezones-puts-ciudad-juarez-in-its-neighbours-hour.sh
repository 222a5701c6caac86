#!/usr/bin/env bash
# city-timezones 1.3.4 gives Ciudad Juárez, the largest city of Mexico on the border with the United States, the zone
# America/Ojinaga. They shared it until Mexico's law on hours of October 2022; since 30 November 2022 Juárez keeps the
# hour of El Paso (America/Ciudad_Juarez, IANA 2022g) and Ojinaga that of Texas east of it. Whoever takes an office's
# hours from this list is an hour early all year. Accents count in a look-up, and some names are kept with them and some
# without: "Ciudad Juarez" and "Cancún" are found nowhere.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund city-timezones@1.3.4

cat >try.mjs <<'JS'
import { createRequire } from 'node:module';
const { lookupViaCity } = createRequire(import.meta.url)('city-timezones');
const zoneOf = (city) => lookupViaCity(city).find(({ iso2 }) => iso2 === 'MX' || iso2 === 'US')?.timezone;
const hourIn = (timeZone) =>
  new Intl.DateTimeFormat('en', { timeZone, hour: 'numeric', hourCycle: 'h23' }).format(new Date('2026-01-15T18:30:00Z'));
for (const city of ['Ciudad Juárez', 'El Paso', 'Ciudad Juarez', 'Cancún', 'Cancun']) {
  const zone = zoneOf(city);
  console.log(`${city}: ${zone ? `${zone}, ${hourIn(zone)} h` : 'not found'}`);
}
console.log(`what IANA says of Juárez: ${hourIn('America/Ciudad_Juarez')} h`);
JS
cat >seen.txt <<'TXT'
Ciudad Juárez: America/Ojinaga, 12 h
El Paso: America/Denver, 11 h
Ciudad Juarez: not found
Cancún: not found
Cancun: America/Cancun, 13 h
what IANA says of Juárez: 11 h
TXT
node try.mjs | tee now.txt
diff seen.txt now.txt
