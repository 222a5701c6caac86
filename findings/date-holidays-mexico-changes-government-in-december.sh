#!/usr/bin/env bash
# date-holidays 3.37.0 gives Mexico's day for the change of the federal government as 1 December in 2024 and 2030.
# The President has taken office on 1 October since 2024 (article 83 of the Constitution, amended in the Diario Oficial
# of 10 February 2014), and that is the day without work (Ley Federal del Trabajo, article 74): offices are closed on
# a day that the library calls ordinary, and open on one that it calls a public holiday (2030: Sunday 1 December is
# shown, Tuesday 1 October is not).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund date-holidays@3.37.0

cat >try.mjs <<'JS'
import { createRequire } from 'node:module';
const loaded = createRequire(import.meta.url)('date-holidays');
const Holidays = loaded.default ?? loaded;
const mexico = new Holidays('MX');
for (const year of [2018, 2024, 2030]) {
  const days = mexico.getHolidays(year, 'en').filter(({ type, date }) => type === 'public' && /-(10|12)-01/.test(date));
  console.log(`${year}: ${days.map(({ date, name }) => `${date.slice(0, 10)} ${name}`).join(', ')}`);
}
JS
cat >seen.txt <<'TXT'
2018: 2018-12-01 Change of Federal Government
2024: 2024-12-01 Change of Federal Government
2030: 2030-12-01 Change of Federal Government
TXT
node try.mjs | tee now.txt
diff seen.txt now.txt
