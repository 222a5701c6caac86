/** What the starting process says to a part, and a part to it. The address of the database holds a password. */
export type ToPart = { uri: string } | 'stop';
/** `firstOrganiser`: the page that makes the first owner, where there is none and nobody else can read this. */
export type FromPart = { publicUrl: string; firstOrganiser?: string | undefined };

/** Of sysexits.h: the part has said what an operator must mend, and to start it again would not help. */
export const EX_CONFIG = 78;
