/** What the starting process says to a part, and a part to it. The address of the database holds a password. */
export type ToPart = { uri: string } | 'stop';
export type FromPart = { publicUrl: string };

/** Of sysexits.h: the part has said what an operator must mend, and to start it again would not help. */
export const EX_CONFIG = 78;
