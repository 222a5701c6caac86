import { correctedDomain } from '../../public/form.js';

/** The address with the domain that was probably meant, where that is another one; the script of the form offers the same. */
export function correctedAddress(typed = ''): string | undefined {
  const address = typed.trim();
  const at = address.lastIndexOf('@');
  const domain = at > 0 ? correctedDomain(address.slice(at + 1)) : undefined;
  return domain && `${address.slice(0, at)}@${domain}`;
}

export function domainOf(address = ''): string {
  return address.slice(address.lastIndexOf('@') + 1);
}
