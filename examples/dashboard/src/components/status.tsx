import type {CallOutcome, CallStatus, Campaign, CampaignStatus, QueuedCallStatus} from '../api/types';

type Tone = 'good' | 'info' | 'warn' | 'bad' | 'neutral';

const kCampaign: Record<CampaignStatus, [string, Tone]> = {
  draft: ['Draft', 'neutral'],
  scheduled: ['Scheduled', 'info'],
  active: ['Active', 'good'],
  paused: ['Paused', 'warn'],
  completed: ['Completed', 'neutral'],
  cancelled: ['Cancelled', 'neutral'],
};
const kQueued: Record<QueuedCallStatus, [string, Tone]> = {
  queued: ['Queued', 'info'],
  processing: ['Calling', 'good'],
  completed: ['Completed', 'neutral'],
  failed: ['Failed', 'bad'],
  cancelled: ['Cancelled', 'neutral'],
  skipped: ['Skipped', 'neutral'],
};
const kCall: Record<CallStatus, [string, Tone]> = {
  initiated: ['Dialling', 'info'],
  ringing: ['Ringing', 'info'],
  in_progress: ['Talking', 'good'],
  completed: ['Completed', 'neutral'],
  busy: ['Busy', 'warn'],
  no_answer: ['No answer', 'warn'],
  failed: ['Failed', 'bad'],
  cancelled: ['Cancelled', 'neutral'],
  unknown: ['Unknown', 'warn'],
};
const kOutcome: Record<CallOutcome, [string, Tone]> = {
  answered: ['Answered', 'good'],
  voicemail: ['Voicemail', 'info'],
  busy: ['Busy', 'warn'],
  no_answer: ['No answer', 'warn'],
  failed: ['Failed', 'bad'],
  rejected: ['Rejected', 'bad'],
  cancelled: ['Cancelled', 'neutral'],
  unknown: ['Unknown', 'warn'],
};

export const outcomeName = (outcome: CallOutcome): string => kOutcome[outcome][0];
export const queuedName = (status: QueuedCallStatus): string => kQueued[status][0];
export const campaignStatusName = (status: CampaignStatus): string => kCampaign[status][0];

function Badge({text, tone}: {text: string; tone: Tone}) {
  return <span class={`badge is-${tone}`}>{text}</span>;
}

export const CampaignBadge = ({campaign: {status, deleting}}: {campaign: Pick<Campaign, 'status' | 'deleting'>}) =>
  deleting ? <Badge text="Deleting…" tone="warn" /> : <Badge text={kCampaign[status][0]} tone={kCampaign[status][1]} />;
/** @param isOutside its calling hours, although it is due. */
export const QueuedBadge = ({status, isOutside = false}: {status: QueuedCallStatus; isOutside?: boolean}) =>
  isOutside ? <Badge text="Outside hours" tone="neutral" /> : <Badge text={kQueued[status][0]} tone={kQueued[status][1]} />;
export const CallBadge = ({status}: {status: CallStatus}) => <Badge text={kCall[status][0]} tone={kCall[status][1]} />;
export const OutcomeBadge = ({outcome}: {outcome: CallOutcome}) => <Badge text={kOutcome[outcome][0]} tone={kOutcome[outcome][1]} />;
