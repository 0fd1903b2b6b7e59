import type {Campaign} from '../api/types';
import {placeOf} from '../format';
import {session} from '../session';

/** By whose clock a campaign goes that has no time zone of its own. */
const zoneForWant = (): string | null => session.value?.user.timezone ?? null;

/** Whether nobody has set one: it goes by UTC. */
export const isZoneUnset = ({rules}: Campaign): boolean => !rules.timezone && !zoneForWant();

/** The zone by which a campaign goes, by its city. */
export const zoneWords = ({rules}: Campaign): string => placeOf(rules.timezone ?? zoneForWant() ?? 'UTC');

/** What stands in an empty field. */
export const zoneWhenEmpty = (): string => {
  const zone = zoneForWant();
  return zone ? `Yours: ${placeOf(zone)}` : 'None: UTC';
};
