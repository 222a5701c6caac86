export type MailProvider = { name: string; url: string };

/** Where most people read their mail; the domains as one pattern each. */
const PROVIDERS: readonly (MailProvider & { domains: RegExp })[] = [
  { name: 'Gmail', url: 'https://mail.google.com/', domains: /^g(?:oogle)?mail\.com$/ },
  {
    name: 'Outlook',
    url: 'https://outlook.live.com/mail/',
    domains: /^(?:hotmail|outlook|live|msn)\.[a-z]{2,3}(?:\.[a-z]{2})?$/,
  },
  {
    name: 'Yahoo',
    url: 'https://mail.yahoo.com/',
    domains: /^(?:yahoo\.[a-z]{2,3}(?:\.[a-z]{2})?|ymail\.com|rocketmail\.com)$/,
  },
  { name: 'iCloud', url: 'https://www.icloud.com/mail', domains: /^(?:icloud|me|mac)\.com$/ },
  { name: 'AOL', url: 'https://mail.aol.com/', domains: /^aol\.com$/ },
  {
    name: 'Proton Mail',
    url: 'https://mail.proton.me/',
    domains: /^(?:proton\.me|pm\.me|protonmail\.(?:com|ch))$/,
  },
  { name: 'Zoho Mail', url: 'https://mail.zoho.com/', domains: /^zoho(?:mail)?\.com$/ },
  { name: 'Fastmail', url: 'https://app.fastmail.com/', domains: /^fastmail\.(?:com|fm)$/ },
];

export function providerOf(domain: string): MailProvider | undefined {
  return PROVIDERS.find(({ domains }) => domains.test(domain));
}
