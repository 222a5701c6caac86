/** What came with a form, as text, by field. */
export type TypedValues = Record<string, string>;

/** The field by which a form asks to be shown again, in the language of the address, and to change nothing. */
export const SHOW_AGAIN = { name: 'do', value: 'show' } as const;

/** What was typed, to be read or shown again. Of a field that was sent more than once, all of it. */
export function typedValues(body: unknown): TypedValues {
  return Object.fromEntries(
    fieldsOf(body).flatMap(([name, value]) => {
      if (typeof value === 'string') return [[name, value]];
      return isListOfTexts(value) ? [[name, value.join('\n')]] : [];
    }),
  );
}

export function hasFields(body: unknown): boolean {
  return fieldsOf(body).length > 0;
}

export function isShowAgain(body: unknown): boolean {
  return (typedValues(body)[SHOW_AGAIN.name] ?? '').split('\n').includes(SHOW_AGAIN.value);
}

/** In characters. */
export function sizeOfFields(body: unknown): number {
  return Object.entries(typedValues(body)).reduce(
    (sum, [name, value]) => sum + name.length + value.length,
    0,
  );
}

/** A message that a relay handed over is no form: as one it would have a field for each of its bytes. */
function fieldsOf(body: unknown): [string, unknown][] {
  return typeof body === 'object' && body !== null && !ArrayBuffer.isView(body) ? Object.entries(body) : [];
}

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
