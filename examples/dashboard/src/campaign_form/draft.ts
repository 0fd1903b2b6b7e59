import type {Campaign, CampaignFields, Id, LocalDate, RetryableOutcome, Rules, TimeOfDay, Window} from '../api/types';
import {browserZone, isoDay, timeOfDay, zoneNamed} from '../format';
import type {Refusal} from '../api/client';
import {inFieldWords} from '../field_words';

/** A campaign's settings as a form holds them. */
export interface Draft {
  name: string;
  description: string;
  agentId: Id;
  nextAction: string;
  startDate: LocalDate;
  endDate: LocalDate | '';
  zone: string;
  clock: 'contact' | 'campaign';
  hours: 'daily' | 'weekly';
  daily: Window;
  /** Monday first. */
  weekly: Window[][];
  excluded: LocalDate[];
  retries: RetryableOutcome[];
  attempts: string;
  /** Minutes before each further attempt, with commas between. */
  delays: string;
  spread: boolean;
}

const kEndsFirst = 'It would end before it starts.';
const kUsual: Window = {opens: '09:00', closes: '18:00'};

/** The same hours on each weekday. */
export const everyDay = (hours: Window): Window[][] => Array.from({length: 7}, () => [{...hours}]);

export function newDraft(agentId: Id = ''): Draft {
  return {
    name: '', description: '', agentId, nextAction: '', startDate: isoDay(new Date()), endDate: '', zone: browserZone(),
    clock: 'contact', hours: 'daily', daily: {...kUsual}, weekly: everyDay(kUsual),
    excluded: [], retries: ['no_answer', 'busy'], attempts: '3', delays: '60', spread: false,
  };
}

/** A browser's clock has no 24:00: there a day ends at 00:00. */
const closing = (time: TimeOfDay): TimeOfDay => (time === '00:00' ? '24:00' : time);
const shown = ({opens, closes}: Window): Window => ({
  opens: timeOfDay(opens), closes: timeOfDay(closes) === '24:00' ? '00:00' : timeOfDay(closes),
});
const sent = ({opens, closes}: Window): Window => ({opens, closes: closing(closes)});

export function draftOf(campaign: Campaign): Draft {
  const {rules} = campaign;
  const fresh = newDraft(campaign.agent_id);
  const weekly = rules.weekly_windows;
  const retry = rules.retry ?? {};
  return {
    name: campaign.name, description: campaign.description ?? '', agentId: campaign.agent_id,
    nextAction: campaign.next_action ?? '', startDate: campaign.start_date, endDate: campaign.end_date ?? '',
    zone: rules.timezone ?? '', clock: rules.clock ?? 'contact', hours: weekly ? 'weekly' : 'daily',
    daily: shown({opens: campaign.first_call_time, closes: campaign.last_call_time}),
    weekly: weekly ? weekly.map((day) => day.map(shown)) : fresh.weekly,
    excluded: rules.excluded_dates ?? [], retries: retry.outcomes ?? [],
    attempts: String(retry.max_attempts ?? 1), delays: (retry.delays_seconds ?? []).map((seconds) => seconds / 60).join(', '),
    spread: rules.spread ?? false,
  };
}

function delaysOf(text: string): number[] {
  return text.split(/[,;\s]+/).filter(Boolean).map((minutes) => Math.round(Number(minutes) * 60));
}

function rulesOf(draft: Draft): Rules {
  const retries = draft.retries.length > 0;
  return {
    timezone: zoneNamed(draft.zone) || null,
    clock: draft.clock,
    weekly_windows: draft.hours === 'weekly' ? draft.weekly.map((day) => day.map(sent)) : null,
    excluded_dates: draft.excluded,
    retry: {
      outcomes: draft.retries,
      max_attempts: retries ? Math.trunc(Number(draft.attempts)) || 0 : 1,
      delays_seconds: retries ? delaysOf(draft.delays) : [],
    },
    spread: draft.spread,
  };
}

/** As the server takes it. What is empty is not said, or (when it changes) cleared. */
export function fieldsOf(draft: Draft): CampaignFields & {start_date: LocalDate} {
  const {opens, closes} = sent(draft.daily);
  return {
    name: draft.name.trim(), description: draft.description.trim() || null, agent_id: draft.agentId,
    next_action: draft.nextAction.trim() || null, first_call_time: opens, last_call_time: closes,
    start_date: draft.startDate, end_date: draft.endDate || null, rules: rulesOf(draft),
  };
}

/** Those that are others now, rules by themselves: what nobody has touched stays as somebody else may have made it. */
export function changedFields(before: Draft, now: Draft): CampaignFields {
  const {rules: rulesBefore, ...fieldsBefore} = fieldsOf(before);
  const {rules: rulesNow, ...fieldsNow} = fieldsOf(now);
  const rules = othersThan(rulesBefore ?? {}, rulesNow ?? {});
  return {...othersThan(fieldsBefore, fieldsNow), ...(Object.keys(rules).length > 0 ? {rules} : {})};
}

function othersThan<T extends object>(before: T, now: T): Partial<T> {
  const isOther = (name: string, value: unknown) => JSON.stringify(value) !== JSON.stringify(before[name as keyof T]);
  return Object.fromEntries(Object.entries(now).filter(([name, value]) => isOther(name, value))) as Partial<T>;
}

/** What a forecast counts: name and agent are not asked for yet. */
export function planOf(draft: Draft): CampaignFields & {start_date: LocalDate} {
  const {name: _name, agent_id: _agent, ...plan} = fieldsOf(draft);
  return plan;
}

/** What can be said before the server is asked. */
export function problemsOf(draft: Draft): Errors {
  const errors: Errors = {};
  if (!draft.name.trim()) errors.name = 'Give it a name, to know it by.';
  if (!draft.agentId) errors.agent = 'Choose who speaks.';
  if (!draft.startDate) errors.startDate = 'Say from when on it may call.';
  if (draft.endDate && draft.endDate < draft.startDate) errors.endDate = kEndsFirst;
  return {...errors, ...numberProblems(draft)};
}

/** Of what has to be a number: said as soon as it is none. */
export function numberProblems(draft: Draft): Errors {
  if (draft.retries.length === 0) return {};
  const attempts = Number(draft.attempts);
  const isCount = draft.attempts.trim() !== '' && Number.isInteger(attempts) && attempts >= 1 && attempts <= 100;
  const areMinutes = delaysOf(draft.delays).every((seconds) => seconds >= 0);
  return {
    ...(isCount ? {} : {attempts: 'Write a whole number from 1 to 100.'}),
    ...(areMinutes ? {} : {delays: 'Write minutes, with commas between, such as 10, 60.'}),
  };
}

export type ErrorField =
  | 'name' | 'description' | 'agent' | 'nextAction' | 'hours' | 'zone' | 'startDate' | 'endDate' | 'excluded' | 'retry' | 'attempts' | 'delays' | 'file';
export type Errors = Partial<Record<ErrorField | 'other', string>>;

/** What the server refuses, where the form shows it and in the form's words. */
export function saidBy({field, message}: Pick<Refusal, 'field' | 'message'>): Errors {
  const place = placeOf(field === 'retry' || field === 'rules.retry' ? message : field);
  if (place === 'zone' && message.includes('unknown time zone')) {
    return {zone: 'This is an unknown time zone. Choose a large city nearby from the list.'};
  }
  if (place === 'endDate' && message.includes('before the start date')) return {endDate: kEndsFirst};
  return {[place]: inFieldWords(message).replace('max_attempts', 'Attempts in all').replace('delays_seconds', 'Minutes in between')};
}

function placeOf(field: string | undefined): ErrorField | 'other' {
  const name = field ?? '';
  if (/max_attempts/.test(name)) return 'attempts';
  if (/delay/.test(name)) return 'delays';
  if (/retry|delays|attempts|outcomes/.test(name)) return 'retry';
  if (/excluded/.test(name)) return 'excluded';
  if (/window|call_time|hours/.test(name)) return 'hours';
  const places: Record<string, ErrorField> = {
    name: 'name', description: 'description', agent_id: 'agent', next_action: 'nextAction', timezone: 'zone',
    'rules.timezone': 'zone', clock: 'zone', start_date: 'startDate', end_date: 'endDate', file: 'file', phone_number: 'file',
  };
  return places[name] ?? 'other';
}
