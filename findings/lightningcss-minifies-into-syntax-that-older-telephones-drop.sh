#!/usr/bin/env bash
# lightningcss 1.33.0, asked only to take out blanks (`minify: true`, no `targets`), writes media queries anew in the range
# syntax of Media Queries Level 4: `(min-width: 40em)` comes out as `(width>=40em)`. Safari before 16.4, Chrome before 104
# and Firefox before 63 drop the whole block, so that a telephone of 2021 loses rules that the source gave it. The saving
# is three bytes a query. `targets` with such a browser brings the old form back; clean-css 5.3.3 at level 1 leaves it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund lightningcss@1.33.0 clean-css@5.3.3

cat >try.mjs <<'JS'
import CleanCSS from 'clean-css';
import { transform } from 'lightningcss';
const css = '@media (min-width: 40em) { .count { font-size: 2rem; } }';
const lightning = (options) =>
  transform({ filename: 'a.css', code: Buffer.from(css), minify: true, ...options }).code.toString();
console.log(`lightningcss: ${lightning({})}`);
console.log(`lightningcss for Safari 15: ${lightning({ targets: { safari: 15 << 16 } })}`);
console.log(`clean-css: ${new CleanCSS({ level: 1 }).minify(css).styles}`);
JS
cat >seen.txt <<'TXT'
lightningcss: @media (width>=40em){.count{font-size:2rem}}
lightningcss for Safari 15: @media (min-width:40em){.count{font-size:2rem}}
clean-css: @media (min-width:40em){.count{font-size:2rem}}
TXT
node try.mjs | tee now.txt
diff seen.txt now.txt
