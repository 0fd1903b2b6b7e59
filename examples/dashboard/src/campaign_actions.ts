import {useState} from 'preact/hooks';
import {type CampaignAction, campaigns} from './api/campaigns';
import type {Campaign} from './api/types';
import type {MenuItem} from './components/menu';
import type {IconName} from './components/icon';
import {confirm} from './components/confirm';
import {whatDeletingMeans} from './deleting';
import {done, failed} from './components/toast';
import {counted, date, isoDay} from './format';
import {note} from './live/live';
import {go, here} from './router';
import {downloadFailedRows} from './results';

const kPast: Record<CampaignAction, string> = {
  start: 'started', pause: 'paused', resume: 'resumed', cancel: 'cancelled',
};

/** A click as the browser tells of it; `detail` is 0 where it is a key that was pressed. */
type Press = Pick<MouseEvent, 'detail' | 'clientX' | 'clientY'>;

const kPause = 700;
const kNear = 40;
/** Where something was pressed last, and until when a click there is the second one of a double click. */
const last = {x: 0, y: 0, until: -Infinity};

const kByMenu: Press = {detail: 0, clientX: -kNear, clientY: -kNear};

/** Whether it was meant for the button that stood there before: Resume takes the place of Pause. */
function isSecondClick({detail, clientX, clientY}: Press): boolean {
  return detail > 0 && performance.now() < last.until && Math.hypot(clientX - last.x, clientY - last.y) < kNear;
}

function remember({clientX, clientY}: Press): void {
  Object.assign(last, {x: clientX, y: clientY, until: performance.now() + kPause});
}

export interface Actions {
  busy: boolean;
  /** What one most likely wants. */
  main: {action: CampaignAction; label: string; icon: IconName} | null;
  run: (action: CampaignAction, press: Press) => Promise<void>;
  menu: MenuItem[];
}

/** What may be done to a campaign as it is, and doing it. */
export function useCampaignActions(campaign: Campaign): Actions {
  const [busy, setBusy] = useState(false);
  const {id, name, status, deleting} = campaign;

  const guarded = async (what: string, work: () => Promise<void>) => {
    setBusy(true);
    await work().catch((error: unknown) => failed(error, what, `campaign ${id}`));
    setBusy(false);
  };
  const run = async (action: CampaignAction, press: Press) => {
    if (isSecondClick(press)) return;
    if (action === 'cancel' && !await confirm({
      title: 'Cancel this campaign?', danger: true, action: 'Cancel campaign',
      text: `Nobody else on the list of “${name}” will be called, and it cannot be started again. Calls that are on finish.`,
    })) return;
    const hindrance = action === 'start' ? whyNoStart(campaign) : '';
    if (hindrance) return failed(new Error(hindrance), `“${name}” was not started`, `campaign ${id}`);
    if (action === 'start' && !await confirm({
      title: `Call ${counted(campaign.total_contacts, 'person', 'people')}?`, action: 'Start calling', keep: 'Not yet',
      text: `“${name}” starts, and calls everybody on its list within its calling hours.`,
    })) return;
    await guarded(`“${name}” was not ${kPast[action]}`, async () => {
      const changed = await campaigns.act(id, action);
      remember(press);
      note({campaign: changed});
      done(`“${name}” is ${kPast[action]}.`, `campaign ${id}`);
    });
  };
  const remove = async () => {
    const work = () => guarded(`“${name}” was not deleted`, async () => {
      await campaigns.remove(id);
      if (here.value.path.startsWith(`/campaigns/${id}`)) go('/campaigns');
      note({deleted: id});
      done(`“${name}” is deleted.`, `campaign ${id}`);
    });
    await confirm({
      title: 'Delete this campaign?', danger: true, action: 'Delete campaign',
      text: whatDeletingMeans(campaign), work: {says: 'Deleting…', run: work},
    });
  };

  if (deleting) return {busy, main: null, run, menu: []};
  const isFinal = status === 'completed' || status === 'cancelled';
  const menu: MenuItem[] = [];
  if (!isFinal) menu.push({label: 'Edit', icon: 'edit', onChoose: () => go(`/campaigns/${id}/edit`)});
  if (!isFinal && status !== 'draft') menu.push({label: 'Cancel campaign', icon: 'stop', onChoose: () => void run('cancel', kByMenu), danger: true});
  menu.push({label: 'Rows that failed, as CSV', icon: 'download', onChoose: () => void downloadFailedRows(campaign)});
  menu.push({label: 'Delete', icon: 'trash', onChoose: () => void remove(), danger: true});
  return {busy, main: mainAction(campaign), run, menu};
}

function mainAction({status}: Campaign): Actions['main'] {
  switch (status) {
    case 'draft': return {action: 'start', label: 'Start', icon: 'play'};
    case 'scheduled':
    case 'active': return {action: 'pause', label: 'Pause', icon: 'pause'};
    case 'paused': return {action: 'resume', label: 'Resume', icon: 'play'};
    default: return null;
  }
}

/** Where even today's calendar is a day behind: contacts may be anywhere. */
const kLastZone = 'Etc/GMT+12';

/** What keeps it from calling anybody, that is known before it starts; empty: nothing. */
function whyNoStart({total_contacts: contacts, end_date: last, rules}: Campaign): string {
  if (contacts === 0) return 'There is nobody on its list. Add a list first.';
  const today = isoDay(new Date(), rules.clock === 'campaign' ? rules.timezone ?? kLastZone : kLastZone);
  return last && last < today ? `Its last day, ${date(last)}, is over. Set a later one first.` : '';
}
