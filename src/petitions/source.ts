/**
 * Where a supporter came from; `petition` is another petition that they signed here. Anything unregistered is `other`, an
 * empty one `direct`.
 */
const SOURCES = [
  'direct',
  'whatsapp',
  'email',
  'facebook',
  'x',
  'mastodon',
  'sms',
  'copy',
  'qr',
  'paper',
  'embed',
  'petition',
  'other',
] as const;

export function toSource(value: string | undefined): string {
  if (!value) return 'direct';
  return SOURCES.some((source) => source === value) ? value : 'other';
}
