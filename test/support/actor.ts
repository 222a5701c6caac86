import { shellActor } from '../../src/lib/actor.ts';

/** Somebody at the shell, where a test does not ask who. */
export const TESTER = shellActor('Rosa Prueba');
