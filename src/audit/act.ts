/** What a named person did by a command: the verb, and what it was done to. Never an address, and nothing that was typed. */
export type Act = { at: Date; by: string; verb: string; of: string[] };
