import type {ComponentChildren} from 'preact';
import type {Campaign} from '../api/types';
import {Button} from '../components/button';
import {date} from '../format';
import {agentNames} from '../live/live';
import {Clock, Hours, Pace, Retries} from './in_words';
import type {Part} from './merge';
import {zoneWords} from './zone_words';

/** What stands beside a field: that it was changed elsewhere too. */
export type Beside = Partial<Record<Part, ComponentChildren>>;

const quoted = (text: string | null): string => (text ? `“${text}”` : 'nothing');

/** What the campaign has there now. */
const kNow: Record<Part, (campaign: Campaign) => ComponentChildren> = {
  name: ({name}) => quoted(name),
  description: ({description}) => quoted(description),
  agent: ({agent_id: id}) => quoted(agentNames.value.get(id) ?? 'another one'),
  nextAction: ({next_action: action}) => quoted(action),
  hours: (campaign) => <Hours campaign={campaign} />,
  clock: (campaign) => <Clock campaign={campaign} />,
  zone: zoneWords,
  startDate: ({start_date: first}) => date(first),
  endDate: ({end_date: last}) => (last ? date(last) : 'none'),
  excluded: ({rules}) => (rules.excluded_dates ?? []).map(date).join(', ') || 'none',
  retry: (campaign) => <Retries campaign={campaign} />,
  pace: (campaign) => <Pace campaign={campaign} />,
};

export function Meanwhile({part, campaign, onMine, onTheirs}: {part: Part; campaign: Campaign; onMine: () => void; onTheirs: () => void}) {
  return (
    <div class="meanwhile" role="group" aria-label="Changed elsewhere meanwhile">
      <div>Changed elsewhere meanwhile, to: <strong>{kNow[part](campaign)}</strong></div>
      <div class="form-inline">
        <Button small onClick={onTheirs}>Take that</Button>
        <Button small onClick={onMine}>Keep mine</Button>
      </div>
    </div>
  );
}
