/** What the rooms need of a logger (pino's call shape): event name last, ids as fields, no personal data. */
type LogCall = (fields: Record<string, unknown>, event: string) => void;
export type Logger = { error: LogCall; warn: LogCall; info: LogCall; debug: LogCall };

const nothing: LogCall = () => undefined;
export const silentLogger: Logger = { error: nothing, warn: nothing, info: nothing, debug: nothing };
