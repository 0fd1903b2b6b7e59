// Countries as people write them. A number that is read with a wrong country is another person's.

const kLetters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
/** Regions that are no country. */
const kNone: ReadonlySet<string> = new Set(['EU', 'EZ', 'QO', 'UN', 'XA', 'XB', 'ZZ']);
const kAlsoCalled: readonly (readonly [string, string])[] = [
  ['usa', 'US'], ['united states of america', 'US'], ['great britain', 'GB'], ['uae', 'AE'], ['holland', 'NL'], ['czech republic', 'CZ'],
  ['turkey', 'TR'],
];

const named = (language: string, style: 'long' | 'short' = 'long') => new Intl.DisplayNames([language], {type: 'region', fallback: 'none', style});

const english = named('en');

/** `UK` as GB: what has another code now goes by that. */
const codeNow = (code: string): string => new Intl.Locale(`und-${code}`).region ?? code;

const codes: readonly string[] = kLetters.flatMap((first) => kLetters.map((second) => first + second))
  .filter((code) => !kNone.has(code) && codeNow(code) === code && english.of(code) !== undefined);

const plain = (name: string): string =>
  name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/&/g, ' and ').replace(/[^\p{L}]+/gu, ' ').trim().replace(/^the /, '');

const known = new Map<string, ReadonlyMap<string, string>>();

/** Codes by names in these languages. A name of two countries is none. */
function codesByName(languages: readonly string[]): ReadonlyMap<string, string> {
  const found = known.get(languages.join());
  if (found) return found;
  const made = new Map<string, string>(kAlsoCalled);
  for (const language of new Set([...languages, 'en'])) {
    for (const names of [named(language), named(language, 'short')]) {
      for (const code of codes) {
        const name = plain(names.of(code) ?? '');
        made.set(name, (made.get(name) ?? code) === code ? code : '');
      }
    }
  }
  known.set(languages.join(), made);
  return made;
}

/** The code of a country that is written as two letters, or by its whole name in English or one of the languages; undefined: there is none. */
export function countryOf(text: string, languages: readonly string[] = navigator.languages): string | undefined {
  const wanted = text.trim();
  if (/^[a-z]{2}$/i.test(wanted)) {
    const code = codeNow(wanted.toUpperCase());
    return codes.includes(code) ? code : undefined;
  }
  return codesByName(languages).get(plain(wanted)) || undefined;
}

/** DK as Denmark. */
export const countryName = (code: string): string => english.of(code) ?? code;

/** Whether something is written that is no country. */
export const isNoCountry = (text: string): boolean => text.trim() !== '' && !countryOf(text);

export const kNoCountry = 'There is no country of this name or code. Write its whole name, such as Denmark, or two letters, such as DK.';

/** As the server takes it. */
export function regionOf(text: string): {default_region?: string} {
  const code = countryOf(text);
  return code ? {default_region: code} : {};
}
