import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {root} from './server.mjs';
import {source} from './sources.mjs';
import {test} from './suite.mjs';

test('numbers and times are written for people', async () => {
  const {counted, duration, grouped, moment, percent, phone} = await source('format.ts');
  assert.deepEqual([0, 59.4, 60, 61, 3600, 3660, 86_400, 90_000, -5].map(duration),
                   ['0 s', '59 s', '1 min', '1 min 01 s', '1 h', '1 h 01 min', '1 d', '1 d 1 h', '0 s']);
  assert.deepEqual([0, 0.004, 0.5, 1].map(percent), ['0%', '0.4%', '50%', '100%']);
  assert.deepEqual([counted(1, 'call'), counted(1234, 'call')], ['1 call', '1,234 calls']);
  assert.equal(grouped('1234567 due now, 12 in flight, until 2026-03-29 1000.'), '1,234,567 due now, 12 in flight, until 2026-03-29 1,000.');
  assert.deepEqual(['+12025550100', '+4915123456789', '+493012345678', '+35312345678', '+97150123', '+861234', 'no number'].map(phone),
                   ['+1 202 555 0100', '+49 151 2345 6789', '+49 301 234 5678', '+353 1234 5678', '+971 50 123', '+86 1234', 'no number']);
  const today = new Date('2026-03-29T08:00:00Z');
  assert.equal(moment('2026-03-29T12:00:00Z', 'Europe/Berlin', today), '14:00');
  assert.equal(moment('2026-03-28T12:00:00Z', 'Europe/Berlin', today), 'Sat 28 Mar, 13:00');
  assert.equal(moment('2027-03-28T12:00:00Z', 'Europe/Berlin', today), 'Sun 28 Mar 2027, 14:00');
});

test('a country is what is written whole, in English or the browser’s language, or as two letters', async () => {
  const {countryName, countryOf} = await source('countries.ts');
  const read = (...texts) => texts.map((text) => countryOf(text, ['de-AT', 'fr']));
  assert.deepEqual(read('DK', ' de ', 'uk', 'Denmark', 'dänemark', 'Danemark', 'The Netherlands', 'USA', 'cote d’ivoire', 'Österreich'),
                   ['DK', 'DE', 'GB', 'DK', 'DK', 'DK', 'NL', 'US', 'CI', 'AT']);
  assert.deepEqual(read('', 'Den', 'Denmarks', 'XX', 'EU', 'ZZ', 'D', 'DEU', '12', 'Danimarca'), Array(10).fill(undefined));
  assert.deepEqual(['DK', 'GB'].map(countryName), ['Denmark', 'United Kingdom']);
});

test('the picture of the week follows the clocks', async () => {
  const {weekOf} = await source('campaign_form/week_picture.tsx');
  // Berlin, when the clocks go forward: 09:00 is 08:00 UTC on Saturday, 07:00 UTC on Sunday.
  const week = weekOf([
    {opens_at: '2026-03-28T08:00:00Z', closes_at: '2026-03-28T17:00:00Z'},
    {opens_at: '2026-03-29T07:00:00Z', closes_at: '2026-03-29T16:00:00Z'},
    {opens_at: '2026-03-30T20:00:00Z', closes_at: '2026-03-31T02:00:00Z'},
  ], 'Europe/Berlin', new Date('2026-03-28T23:30:00Z'));
  assert.deepEqual(week.map(({iso}) => iso), ['29', '30', '31', '01', '02', '03', '04'].map((day) => `2026-0${day < '10' ? 4 : 3}-${day}`));
  assert.deepEqual(week[0].bars.map(({from, to}) => [from / 60, to / 60]), [[9, 18]]);
  assert.deepEqual(week[1].bars.map(({from, to}) => [from / 60, to / 60]), [[22, 24]]);
  assert.deepEqual(week[2].bars.map(({from, to}) => [from / 60, to / 60]), [[0, 4]]);
  assert.deepEqual(week[3].bars, []);
  assert.deepEqual(week.slice(0, 3).map(({bars}) => bars.map(({text}) => text)), [['09:00 to 18:00'], ['22:00 to 04:00'], ['22:00 to 04:00']]);
  // Open all the time, as it is told from now on: each day by its own hours.
  const always = weekOf([{opens_at: '2026-01-05T19:39:00Z', closes_at: '2026-01-12T19:39:00Z'}], 'UTC', new Date('2026-01-05T19:39:00Z'));
  assert.deepEqual(always.map(({bars}) => bars.map(({text}) => text).join()), ['19:39 to 24:00', ...Array(6).fill('all day')]);
});

test('a machine’s reasons are told in words', async () => {
  const {sentence} = await source('format.ts');
  assert.deepEqual(['campaign_ended', 'campaign_cancelled', 'expired', 'carrier_down', 'nobody answered', 'Code A_b'].map(sentence),
                   ['The campaign’s last hour had passed', 'The campaign was cancelled', 'Its time had passed', 'Carrier down', 'Nobody answered', 'Code A_b']);
  const {saidBy} = await source('campaign_form/draft.ts');
  assert.deepEqual(saidBy({field: 'end_date', message: 'the end date must not be before the start date'}), {endDate: 'It would end before it starts.'});
});

test('a form gives back the campaign that it was filled in from', async () => {
  const {draftOf, fieldsOf, newDraft, problemsOf, saidBy} = await source('campaign_form/draft.ts');
  const fields = {
    name: 'A', description: null, agent_id: 'x', next_action: null, first_call_time: '00:00', last_call_time: '24:00',
    start_date: '2026-01-01', end_date: null,
    rules: {timezone: 'Europe/Berlin', clock: 'contact', weekly_windows: [[{opens: '09:00', closes: '24:00'}], [], [], [], [], [], []],
            excluded_dates: ['2026-12-24'], retry: {outcomes: ['busy'], max_attempts: 3, delays_seconds: [90, 3600]}, spread: true},
  };
  assert.deepEqual(fieldsOf(draftOf(fields)), fields);
  assert.deepEqual(Object.keys(problemsOf(newDraft())), ['name', 'agent']);
  assert.deepEqual(problemsOf({...draftOf(fields), endDate: '2025-12-31', delays: '1, x'}),
                   {endDate: 'It would end before it starts.', delays: 'Write minutes, with commas between, such as 10, 60.'});
  assert.deepEqual(['rules.retry.max_attempts', 'rules.retry.delays_seconds', 'windows', 'timezone', 'agent_id', 'what'].map((field) => saidBy({field, message: 'no'})),
                   [{attempts: 'no'}, {delays: 'no'}, {hours: 'no'}, {zone: 'no'}, {agent: 'no'}, {other: 'no'}]);
  assert.deepEqual(['name', 'next_action'].map((field) => saidBy({field, message: `${field} is longer than 255 characters`})),
                   [{name: 'The name may have at most 255 characters.'}, {nextAction: 'The next action may have at most 255 characters.'}]);
  assert.deepEqual(saidBy({field: 'retry', message: 'max_attempts must be 1 to 100'}), {attempts: 'Attempts in all must be 1 to 100'});
  const numbers = (attempts, delays) => Object.keys(problemsOf({...newDraft('a'), name: 'x', attempts, delays}));
  assert.deepEqual([numbers('3', '10, 60'), numbers('0', '10'), numbers('3', 'abc'), numbers('999', '')], [[], ['attempts'], ['delays'], ['attempts']]);
});

test('changes of two windows are merged, and only what both have changed is a conflict', async () => {
  const {newDraft} = await source('campaign_form/draft.ts');
  const {conflicts, edited, keepMine, merged, noEdits, takeTheirs} = await source('campaign_form/merge.ts');
  const base = {...newDraft('a'), name: 'A'};
  const mine = edited(base, edited(base, noEdits, {name: 'B'}), {attempts: '5'});
  const theirs = {...base, name: 'C', delays: '90', endDate: '2099-01-01'};
  assert.deepEqual(conflicts(base, mine), []);
  assert.deepEqual(conflicts(theirs, mine), ['name']);
  assert.deepEqual(conflicts({...theirs, name: 'B'}, mine), []);
  const {name, attempts, delays, endDate} = merged(theirs, mine);
  assert.deepEqual([name, attempts, delays, endDate], ['B', '5', '90', '2099-01-01']);
  assert.equal(merged(theirs, takeTheirs(mine, 'name')).name, 'C');
  assert.deepEqual(conflicts(theirs, keepMine(theirs, mine, 'name')), []);
  assert.equal(merged(theirs, keepMine(theirs, mine, 'name')).name, 'B');
  // What is as it was before is no change: theirs stays.
  assert.deepEqual(edited(base, mine, {name: 'A', attempts: '3'}), noEdits);
  // Whoever keeps attempts keeps after what they follow.
  const none = {...base, retries: [], attempts: '1', delays: ''};
  assert.deepEqual(conflicts(none, mine), ['retry']);
  const kept = keepMine(none, mine, 'retry');
  assert.deepEqual([conflicts(none, kept), merged(none, kept).retries, merged(none, kept).attempts], [[], base.retries, '5']);
});

test('a file is cut between rows, never within one', async () => {
  const {endOfRows} = await source('api/upload.ts');
  const end = (text) => endOfRows(new TextEncoder().encode(text));
  assert.equal(end('a,b\n1,2\n3'), 8);
  assert.equal(end('a\n"two\nlines"\n"cut\nhe'), 14);
  assert.equal(end('a\n"says ""no""\n"\nx'), 17);
  assert.equal(end('nothing'), 0);
});

test('a file for a spreadsheet quotes what has to be, and runs nothing', async () => {
  const {csvOf} = await source('charts/csv.ts');
  assert.equal(csvOf({head: ['a', 'b,c'], of: '', tones: [], rows: [{label: '=1+1', values: [1]}, {label: 'say "x"', values: [2]}]}),
               '\uFEFFa,"b,c"\r\n\'=1+1,1\r\n"say ""x""",2\r\n');
});

test('what is kept of the campaigns follows what is told', async () => {
  const {changed, countByStatus, inOrder, nothingRead} = await source('live/campaign_list.ts');
  const campaign = (id, status, created_at) => ({id, status, created_at});
  const list = changed(nothingRead, [{campaign: campaign('1', 'draft', 'a')}, {campaign: campaign('2', 'active', 'b')},
                                     {campaign: campaign('1', 'active', 'a')}, {campaign: campaign('3', 'paused', 'c')}, {deleted: '3'}]);
  assert.deepEqual(inOrder(list).map(({id}) => id), ['2', '1']);
  assert.deepEqual(countByStatus(list), {draft: 0, scheduled: 0, active: 2, paused: 0, completed: 0, cancelled: 0});
  assert.equal(nothingRead.byId.size, 0);
});

test('each reason that the library gives has words of ours', async () => {
  const {told} = await source('explain/reasons.ts');
  const text = readFileSync(join(root, 'src/services/explain.cpp'), 'utf8');
  const codes = new Set([...text.matchAll(/(?:\{|add\(|limit_reason\()\s*"([a-z_]+)",/g)].map(([, code]) => code));
  assert.ok(codes.size > 15, [...codes].join());
  for (const code of codes) assert.notEqual(told({code, text: 'as it says', until: null}, {campaign: {status: 'active'}, limits: null}).title, 'as it says', code);
});

test('no free call of one’s own is promised where the limit of all holds it', async () => {
  const {worthSaying} = await source('explain/reasons.ts');
  const said = (...codes) => worthSaying(codes.map((code) => ({code})), {campaign: {status: 'active'}, limits: null}).map(({code}) => code);
  assert.deepEqual(said('user_at_limit', 'number_busy'), ['user_at_limit', 'number_busy']);
  for (const above of ['system_limit_zero', 'system_at_limit', 'user_ceiling']) assert.deepEqual(said('user_at_limit', above), [above]);
});

test('nothing is asked for again and again', () => {
  const folder = join(root, 'examples/dashboard/src');
  const files = readdirSync(folder, {recursive: true}).map(String).filter((name) => /\.tsx?$/.test(name));
  assert.ok(files.length > 60);
  assert.deepEqual(files.filter((name) => readFileSync(join(folder, name), 'utf8').includes('setInterval(')), [join('store', 'now.ts')]);
});

test('who is new among all users comes last, and who has changed stays in its place', async () => {
  const {merged} = await source('live/all_users.ts');
  const user = (id, queued) => ({id, queued});
  assert.deepEqual(merged([user('a', 0), user('b', 0)], new Map([['c', user('c', 3)], ['a', user('a', 1)]])), [user('a', 1), user('b', 0), user('c', 3)]);
});

test('a call of which nothing is heard any more says so, and until when its place is held', async () => {
  const {silenceOf} = await source('queued_calls/silent_for.ts');
  const at = Date.parse('2026-03-29T12:00:00Z');
  const call = {provider_call_id: 'p', lease_expires_at: '2026-03-29T12:50:00Z'};
  assert.equal(silenceOf(call, 3600, at), 600);
  assert.equal(silenceOf(call, undefined, at), 600);
  assert.equal(silenceOf({...call, lease_expires_at: '2026-03-29T12:57:00Z'}, 3600, at), null);
  assert.equal(silenceOf({...call, provider_call_id: null}, 3600, at), null);
});
