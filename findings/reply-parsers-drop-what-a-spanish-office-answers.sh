#!/usr/bin/env bash
# Two libraries that take the quoted part off a reply, email-reply-parser 2.3.7 and planer 1.2.0, take the answer itself
# where a Mexican office writes as offices write.
# email-reply-parser reads a line that begins with "Enviado desde …" (sent from …) as the signature of a telephone, and
# drops that line and all that follows: here the sentence "La demanda se acepta." is gone. The same in English
# ("Sent to …") stays whole.
# planer reads "De: …" and "Fecha: …" inside a letter as the head of a quoted mail and drops the rest, but does not know
# Gmail's "El mar, 24 nov 2026 …, … escribió:", so that a real quotation stays.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund email-reply-parser@2.3.7 planer@1.2.0

cat >try.mjs <<'JS'
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const loaded = require('email-reply-parser');
const Parser = loaded.default ?? loaded;
const planer = require('planer');
const mails = {
  sentence: 'Estimada Ana:\n\nEl expediente fue\nEnviado desde la Oficialía de Partes el lunes.\n\nLa demanda se acepta.',
  english: 'Dear Ana,\n\nYour petition was\nSent to the General Counsel on Monday.\n\nWe accept it.',
  office: 'En atención a su petición:\n\nDe: la Dirección General se recibió el oficio 12.\nFecha: 3 de noviembre.\n\nLa demanda se acepta.',
  gmail: 'Recibido.\n\nEl mar, 24 nov 2026 a las 10:00, Paso Seguro (<hola@petitions.example>) escribió:\n> texto\n',
};
for (const [name, text] of Object.entries(mails)) {
  console.log(`${name}, email-reply-parser: ${JSON.stringify(new Parser().read(text).getVisibleText().trim())}`);
  console.log(`${name}, planer: ${JSON.stringify(planer.extractFrom(text, 'text/plain').trim())}`);
}
JS
cat >seen.txt <<'TXT'
sentence, email-reply-parser: "Estimada Ana:\n\nEl expediente fue"
sentence, planer: "Estimada Ana:\n\nEl expediente fue\nEnviado desde la Oficialía de Partes el lunes.\n\nLa demanda se acepta."
english, email-reply-parser: "Dear Ana,\n\nYour petition was\nSent to the General Counsel on Monday.\n\nWe accept it."
english, planer: "Dear Ana,\n\nYour petition was\nSent to the General Counsel on Monday.\n\nWe accept it."
office, email-reply-parser: "En atención a su petición:\n\nDe: la Dirección General se recibió el oficio 12.\nFecha: 3 de noviembre.\n\nLa demanda se acepta."
office, planer: "En atención a su petición:"
gmail, email-reply-parser: "Recibido."
gmail, planer: "Recibido.\n\nEl mar, 24 nov 2026 a las 10:00, Paso Seguro (<hola@petitions.example>) escribió:\n> texto"
TXT
node try.mjs | tee now.txt
diff seen.txt now.txt
