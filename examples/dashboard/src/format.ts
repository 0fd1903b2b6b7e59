// Numbers and times for people.

// As whoever looks is used to.
const kNumber = new Intl.NumberFormat(undefined, {useGrouping: true});
const kPercent = new Intl.NumberFormat(undefined, {style: 'percent', maximumFractionDigits: 0});
const kPercentFine = new Intl.NumberFormat(undefined, {style: 'percent', maximumFractionDigits: 1});

export const number = (value: number): string => kNumber.format(value);
export const percent = (share: number): string => (share > 0 && share < 0.01 ? kPercentFine : kPercent).format(share);

/** What the server says, with its numbers as here: `1234 due now` as 1,234 due now. No part of a date. */
export const grouped = (text: string): string => text.replace(/(?<![\d:.+-])\d{4,}(?![\d:-])/g, (digits) => number(Number(digits)));

/** `3 calls`, `1 call`. */
export function counted(count: number, one: string, many = one + 's'): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

/** `a, b and c`. */
export const listed = (all: readonly string[]): string =>
  (all.length > 1 ? `${all.slice(0, -1).join(', ')} and ${all[all.length - 1]}` : all[0] ?? '');

export const browserZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

const formats = new Map<string, Intl.DateTimeFormat>();
function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options);
  let made = formats.get(key);
  if (!made) formats.set(key, (made = new Intl.DateTimeFormat('en-GB', options)));
  return made;
}

/** Whether a browser knows the zone by this name. */
export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', {timeZone: name});
    return true;
  } catch {
    return false;
  }
}

export const zones: readonly string[] = 'supportedValuesOf' in Intl ? ['UTC', ...Intl.supportedValuesOf('timeZone')] : [];

/** `new york` as America/New_York; what is no city of a zone stays as it is. */
export function zoneNamed(text: string): string {
  const wanted = text.trim();
  if (!wanted || zones.includes(wanted)) return wanted;
  const plain = (name: string) => name.toLowerCase().replaceAll('_', ' ');
  return zones.find((zone) => plain(zone) === plain(wanted)) ?? zones.find((zone) => plain(placeOf(zone)) === plain(wanted)) ?? wanted;
}

const known = (zone: string | undefined): {timeZone?: string} => (zone && isZone(zone) ? {timeZone: zone} : {});

/** 14:05 */
export const clock = (at: Date, zone?: string): string =>
  format({hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...known(zone)}).format(at);

/** Sun 29 Nov */
export const day = (at: Date, zone?: string): string =>
  format({weekday: 'short', day: 'numeric', month: 'short', ...known(zone)}).format(at).replace(',', '');

/** 2026-11-29, on the zone's calendar. */
export function isoDay(at: Date, zone?: string): string {
  const parts = format({year: 'numeric', month: '2-digit', day: '2-digit', ...known(zone)}).formatToParts(at);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

/** `14:05` if that is today there, else `Mon 30 Nov 09:00`, with the year if it is another one. */
export function moment(at: string | Date, zone?: string, today: Date = new Date()): string {
  const date = typeof at === 'string' ? new Date(at) : at;
  const time = clock(date, zone);
  const on = isoDay(date, zone);
  const here = isoDay(today, zone);
  if (on === here) return time;
  const year = on.slice(0, 4) === here.slice(0, 4) ? '' : ` ${on.slice(0, 4)}`;
  return `${day(date, zone)}${year}, ${time}`;
}

/** A calendar date: `29 Nov 2026`. */
export function date(iso: string): string {
  return format({day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC'}).format(new Date(iso + 'T00:00:00Z'));
}

/** `42 s`, `3 min 20 s`, `2 h 05 min`, `3 d 4 h`; `2 h` where nothing is left. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return two(Math.floor(whole / 60), 'min', whole % 60, 's');
  if (whole < 86_400) return two(Math.floor(whole / 3600), 'h', Math.floor((whole % 3600) / 60), 'min');
  return two(Math.floor(whole / 86_400), 'd', Math.floor((whole % 86_400) / 3600), 'h');
}

function two(large: number, unit: string, small: number, part: string): string {
  if (small === 0) return `${large} ${unit}`;
  return `${large} ${unit} ${part === 'h' ? small : String(small).padStart(2, '0')} ${part}`;
}

/** `America/New_York` as `New York`. */
export const placeOf = (zone: string): string => (zone.split('/').pop() ?? zone).replaceAll('_', ' ');

/** 09:00:00 as 09:00. */
export const timeOfDay = (time: string): string => time.slice(0, 5);

/** The library's own reasons. */
const kReasons: Record<string, string> = {
  campaign_ended: 'The campaign’s last hour had passed', campaign_cancelled: 'The campaign was cancelled', expired: 'Its time had passed',
  no_news: 'Nothing was heard of it any more',
};

/** `nobody answered` as Nobody answered; a reason of the library's, or another word of a machine's, as people say it. */
export function sentence(text: string): string {
  const said = kReasons[text] ?? (/^[a-z]+(_[a-z]+)+$/.test(text) ? text.replaceAll('_', ' ') : text);
  return said.slice(0, 1).toUpperCase() + said.slice(1);
}

/** Countries' codes (E.164); those of three digits are all others. */
const kCountry = /^\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})(\d{4,})$/;

/** +12025550100 as +1 202 555 0100: the country's code, then groups of three and four. */
export function phone(text: string): string {
  const [, country, rest = ''] = kCountry.exec(text) ?? [];
  if (!country) return text;
  // As few groups as four digits each allow, the shorter ones first.
  const count = Math.ceil(rest.length / 4);
  const groups: string[] = [];
  for (let i = 0, at = 0; i < count; ++i) {
    const length = Math.floor((rest.length - at) / (count - i));
    groups.push(rest.slice(at, at + length));
    at += length;
  }
  return `+${country} ${groups.join(' ')}`;
}
