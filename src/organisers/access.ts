import { type Organiser, ROLES, type Role } from './organiser.ts';

/**
 * Who may ask for a page of the console. `anybody`: no session is needed. `joining` and `half`: a session that waits for
 * its second factor. `again`: the second factor is asked for once more, unless that was a moment ago.
 */
export type Access = {
  to: 'anybody' | 'joining' | 'half' | readonly Role[];
  /** the row of the page of roles that this stands in */
  what: What;
  again?: true;
};

/** Rows of the page of roles, in its order; what needs no role has none. */
export const WHATS = [
  'sign-in',
  'own',
  'today',
  'tracking',
  'words',
  'petitions',
  'offices',
  'deliveries',
  'signatures',
  'removal',
  'answers',
  'packs',
  'updates',
  'exports',
  'campaign',
  'roles',
  'people',
  'audit',
] as const;
export type What = (typeof WHATS)[number];

const OWNERS: readonly Role[] = ['owner'];
const signIn = (to: 'anybody' | 'joining' | 'half'): Access => ({ to, what: 'sign-in' });
const own: Access = { to: ROLES, what: 'own' };
const ownAgain: Access = { ...own, again: true };
const words: Access = { to: ['owner', 'editor', 'moderator'], what: 'words' };
const petitions: Access = { to: ROLES, what: 'petitions' };
const petitionsChange: Access = { to: ['owner', 'editor'], what: 'petitions' };
const deliveries: Access = { to: ['owner', 'editor'], what: 'deliveries' };
const deliveriesAgain: Access = { ...deliveries, again: true };
const answers: Access = { to: ['owner', 'editor'], what: 'answers' };
const answersAgain: Access = { ...answers, again: true };
const packs: Access = { to: ['owner', 'editor'], what: 'packs' };
const offices: Access = { to: ['owner', 'editor'], what: 'offices' };
const signatures: Access = { to: ['owner', 'editor', 'moderator'], what: 'signatures' };
const removal: Access = { to: ['owner', 'editor'], what: 'removal' };
const tracking: Access = { to: ROLES, what: 'tracking' };
const updatesRead: Access = { to: ['owner', 'editor', 'analyst'], what: 'updates' };
const updates: Access = { to: ['owner', 'editor'], what: 'updates' };
const exports: Access = { to: ['owner', 'editor'], what: 'exports' };
const exportsAgain: Access = { ...exports, again: true };
const people: Access = { to: OWNERS, what: 'people' };
const peopleAgain: Access = { ...people, again: true };

/** The one table: method and path below /organise. A route that does not stand here does not start. */
export const ACCESS: Readonly<Record<string, Access>> = {
  'GET /sign-in': signIn('anybody'),
  'POST /sign-in': signIn('anybody'),
  'POST /sign-in/passkey': signIn('anybody'),
  'GET /first/:token': signIn('anybody'),
  'POST /first/:token': signIn('anybody'),
  'GET /invitation/:token': signIn('anybody'),
  'POST /invitation/:token': signIn('anybody'),
  'GET /forgotten': signIn('anybody'),
  'POST /forgotten': signIn('anybody'),
  'GET /recover/:token': signIn('anybody'),
  'POST /recover/:token': signIn('anybody'),
  'GET /address/:token': signIn('anybody'),
  'POST /address/:token': signIn('anybody'),
  'POST /language': signIn('anybody'),
  'POST /sign-out': signIn('anybody'),
  'GET /second-factor': signIn('half'),
  'POST /second-factor': signIn('half'),
  'POST /second-factor/passkey': signIn('half'),
  'GET /join': signIn('joining'),
  'POST /join/app': signIn('joining'),
  'POST /join/passkey': signIn('joining'),
  'GET /join/codes': signIn('joining'),
  'POST /join/codes': signIn('joining'),
  'GET /again': own,
  'POST /again': own,
  'POST /again/passkey': own,
  'GET /account': own,
  'POST /account/name': own,
  'POST /account/notices': own,
  'POST /account/address': ownAgain,
  'POST /account/password': ownAgain,
  'POST /account/sessions/end': own,
  'GET /account/second-factor': ownAgain,
  'POST /account/app': ownAgain,
  'POST /account/passkey': ownAgain,
  'POST /account/passkey/remove': ownAgain,
  'GET /account/codes': ownAgain,
  'POST /account/codes': ownAgain,
  'POST /account/close': ownAgain,
  'GET /': { to: ROLES, what: 'today' },
  'POST /today/take': { to: ROLES, what: 'today' },
  'POST /today/let-go': { to: ROLES, what: 'today' },
  'GET /tracking': tracking,
  'GET /tracking/:slug': tracking,
  'GET /tracking/:slug/:file': tracking,
  'GET /words': words,
  'POST /words/:ref/approve': words,
  'POST /words/:ref/refuse': words,
  'POST /words/:ref/undo': words,
  'GET /facts': petitions,
  'GET /facts/:ref': petitions,
  'POST /facts/:ref/correct': petitionsChange,
  'POST /facts/:ref/withdraw': petitionsChange,
  'GET /petitions': petitions,
  'GET /petitions/:ref': petitions,
  'GET /petitions/new': petitionsChange,
  'POST /petitions/new': petitionsChange,
  'GET /petitions/:ref/edit': petitionsChange,
  'POST /petitions/:ref/edit': petitionsChange,
  'GET /petitions/:ref/versions': petitions,
  'GET /petitions/:ref/preview': petitions,
  'GET /petitions/:ref/preview/page': petitions,
  'POST /petitions/:ref/open': petitionsChange,
  'POST /petitions/:ref/delete': petitionsChange,
  'POST /petitions/:ref/links': petitionsChange,
  'POST /petitions/:ref/links/revoke': petitionsChange,
  'GET /petitions/:ref/sharing': petitions,
  'POST /petitions/:ref/sharing/address': petitionsChange,
  'POST /petitions/:ref/sharing/remove': petitionsChange,
  'POST /petitions/:ref/sharing/texts': petitionsChange,
  'POST /petitions/:ref/pause': petitionsChange,
  'POST /petitions/:ref/resume': petitionsChange,
  'POST /petitions/:ref/opening': petitionsChange,
  'POST /petitions/:ref/end': petitionsChange,
  'POST /petitions/:ref/close': petitionsChange,
  'POST /petitions/:ref/take-down': petitionsChange,
  'POST /petitions/:ref/bring-back': petitionsChange,
  'GET /deliveries': deliveries,
  'POST /deliveries/plan': deliveries,
  'GET /deliveries/:ref': deliveries,
  'GET /deliveries/:ref/mail.eml': deliveries,
  'GET /deliveries/:ref/:act': deliveriesAgain,
  'POST /deliveries/:ref/:act': deliveriesAgain,
  'GET /deliveries/offices/:ref': deliveries,
  'GET /deliveries/offices/:ref/:act': deliveriesAgain,
  'POST /deliveries/offices/:ref/:act': deliveriesAgain,
  'GET /deliveries/pauses/:ref': deliveries,
  'GET /deliveries/pauses/:ref/:act': deliveries,
  'POST /deliveries/pauses/:ref/:act': deliveries,
  'GET /answers': answers,
  'GET /answers/new': answers,
  'POST /answers/new': answers,
  'GET /answers/:ref': answers,
  'GET /answers/:ref/mail.eml': answers,
  'GET /answers/:ref/publish': answers,
  'POST /answers/:ref/preview': answers,
  'POST /answers/:ref/publish': answers,
  'GET /answers/:ref/:act': answersAgain,
  'POST /answers/:ref/:act': answersAgain,
  'GET /incoming': answers,
  'GET /incoming/:ref': answers,
  'GET /incoming/:ref/mail.eml': answers,
  'GET /incoming/:ref/:act': answers,
  'POST /incoming/:ref/:act': answers,
  'GET /packs': packs,
  'GET /packs/:ref': packs,
  'GET /packs/:ref/:act': packs,
  'POST /packs/:ref/:act': packs,
  'GET /offices': { to: ['owner', 'editor', 'analyst'], what: 'offices' },
  'GET /offices/new': offices,
  'POST /offices/new': offices,
  'GET /offices/:ref': { to: ['owner', 'editor', 'analyst'], what: 'offices' },
  'GET /offices/:ref/:act': offices,
  'POST /offices/:ref/:act': offices,
  'GET /signatures': signatures,
  'POST /signatures/find': signatures,
  'POST /signatures/looked': signatures,
  'GET /signatures/rule': removal,
  'GET /signatures/rules': removal,
  'POST /signatures/rules': { ...removal, again: true },
  'GET /signatures/rules/:ref': removal,
  'POST /signatures/rules/:ref/approve': { ...removal, again: true },
  'POST /signatures/rules/:ref/cancel': removal,
  'POST /signatures/rules/:ref/undo': { ...removal, again: true },
  'GET /signatures/:ref': signatures,
  'POST /signatures/:ref/act': signatures,
  'POST /signatures/:ref/remove': removal,
  'POST /signatures/:ref/erase': { ...removal, again: true },
  'GET /updates': updatesRead,
  'GET /updates/new': updates,
  'POST /updates/new': updates,
  'GET /updates/:ref': updatesRead,
  'POST /updates/:ref/save': updates,
  'POST /updates/:ref/test': updates,
  'POST /updates/:ref/propose': updates,
  'POST /updates/:ref/approve': { ...updates, again: true },
  'POST /updates/:ref/pause': updates,
  'POST /updates/:ref/resume': { ...updates, again: true },
  'POST /updates/:ref/cancel': updates,
  'POST /updates/:ref/withdraw': updates,
  'POST /updates/:ref/discard': updates,
  'GET /exports': exports,
  'POST /exports': exports,
  'POST /exports/:ref/grant': exportsAgain,
  'POST /exports/:ref/end': exports,
  'GET /exports/:ref/:file': exportsAgain,
  'GET /campaign': { to: ROLES, what: 'campaign' },
  'POST /campaign': { to: OWNERS, what: 'campaign' },
  'POST /notes': { to: ROLES, what: 'own' },
  'POST /notes/remove': { to: ROLES, what: 'own' },
  'GET /roles': { to: ROLES, what: 'roles' },
  'GET /people': people,
  'POST /people/invite': peopleAgain,
  'POST /people/withdraw': peopleAgain,
  'POST /people/:ref/role': peopleAgain,
  'POST /people/:ref/end': peopleAgain,
  'GET /audit': { to: OWNERS, what: 'audit' },
  'GET /audit.csv': { to: OWNERS, what: 'audit', again: true },
};

/** Whether somebody in this role may. What is asked of no role is no right of any. */
export function mayDo(role: Role, { to }: Access): boolean {
  return typeof to !== 'string' && to.includes(role);
}

/** How many of these colleagues may ask for the route: where it is one, there is no second person. */
export function countWhoMay(route: string, colleagues: readonly Pick<Organiser, 'role' | 'state'>[]): number {
  const access = ACCESS[route];
  return colleagues.filter(({ role, state }) => state === 'active' && access && mayDo(role, access)).length;
}
