// A campaign is changed in two windows: what is changed here goes over what it is now. Where both have
// changed the same, whoever is here says what it is to be.
import type {Draft} from './draft';

/** What belongs together: it is shown, and chosen, as one. */
const kTogether = {
  name: ['name'], description: ['description'], agent: ['agentId'], nextAction: ['nextAction'], hours: ['hours', 'daily', 'weekly'],
  clock: ['clock'], zone: ['zone'], startDate: ['startDate'], endDate: ['endDate'], excluded: ['excluded'],
  retry: ['retries', 'attempts', 'delays'], pace: ['spread'],
} as const satisfies Record<string, readonly (keyof Draft)[]>;
export type Part = keyof typeof kTogether;
const kParts = Object.keys(kTogether) as Part[];

export interface Edits {
  /** What is changed here. */
  made: Partial<Draft>;
  /** What was there before, of all that belongs together with it. */
  over: Partial<Draft>;
}

export const noEdits: Edits = {made: {}, over: {}};

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const pick = (from: Partial<Draft>, names: readonly (keyof Draft)[]): Partial<Draft> =>
  Object.fromEntries(names.filter((name) => name in from).map((name) => [name, from[name]])) as Partial<Draft>;
const without = (from: Partial<Draft>, names: readonly (keyof Draft)[]): Partial<Draft> =>
  pick(from, (Object.keys(from) as (keyof Draft)[]).filter((name) => !names.includes(name)));
const namesOf = (part: Part): readonly (keyof Draft)[] => kTogether[part];

export const merged = (base: Draft, {made}: Edits): Draft => ({...base, ...made});

/** Further changes. What is as it was before is no change any more. */
export function edited(base: Draft, {made, over}: Edits, change: Partial<Draft>): Edits {
  const parts = kParts.filter((part) => namesOf(part).some((name) => name in change));
  const before = {...pick(base, parts.flatMap(namesOf)), ...over};
  const now = {...made, ...change};
  const left = pick(now, (Object.keys(now) as (keyof Draft)[]).filter((name) => !isSame(now[name], before[name])));
  return {made: left, over: pick(before, kParts.filter((part) => namesOf(part).some((name) => name in left)).flatMap(namesOf))};
}

/** What is changed here and, to something else, elsewhere. */
export const conflicts = (base: Draft, {made, over}: Edits): Part[] =>
  kParts.filter((part) => namesOf(part).some((name) => name in made && !isSame(base[name], over[name]) && !isSame(base[name], made[name])));

/** As it is elsewhere. */
export const takeTheirs = ({made, over}: Edits, part: Part): Edits => ({made: without(made, namesOf(part)), over: without(over, namesOf(part))});

/** As it is here, all of it. */
export function keepMine(base: Draft, edits: Edits, part: Part): Edits {
  const names = namesOf(part);
  return edited(base, takeTheirs(edits, part), {...pick(edits.over, names), ...pick(edits.made, names)});
}
