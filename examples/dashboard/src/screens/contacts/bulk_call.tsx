import {useState} from 'preact/hooks';
import {Refusal} from '../../api/client';
import type {Contact} from '../../api/types';
import {type Draft, type Errors, fieldsOf, newDraft, problemsOf, saidBy} from '../../campaign_form/draft';
import {AgentField} from '../../campaign_form/agent_field';
import {CampaignForm, startLabel} from '../../campaign_form/form';
import {OutlookCard, useOutlook} from '../../campaign_form/outlook';
import {Button} from '../../components/button';
import {Dialog} from '../../components/dialog';
import {Checkbox, Choice, Field} from '../../components/field';
import {Progress} from '../../components/progress';
import {failed, settled} from '../../components/toast';
import {counted, day, number} from '../../format';
import {note} from '../../live/live';
import {QueuedReport} from './queued_report';
import {queueCampaign, queueDirect, type Queued, withoutWaiting} from './queueing';

/** As many as the server takes at once. */
export const kMostContacts = 10_000;

/** Of a selection of everybody who matches, where these are more. */
export const kFirstOnly = `The first ${number(kMostContacts)} of more that match are selected`;

const kBulk = 'Nobody was queued';

type Way = 'campaign' | 'direct';
type Stage = {name: 'form'} | {name: 'working'; done: number} | {name: 'done'; queued: Queued};

/** Calls those who were selected: as a campaign with its settings, or each directly. */
export function BulkCallDialog({contacts, isCut, onClose, onQueued}: {
  contacts: readonly Contact[];
  /** More match than are selected. */
  isCut: boolean;
  onClose: () => void;
  onQueued: () => void;
}) {
  // Those who were selected when it was opened: the selection is cleared once they are queued.
  const [chosen] = useState(contacts);
  const [isFirst] = useState(isCut);
  const [way, setWay] = useState<Way>('campaign');
  const [draft, setDraft] = useState<Draft>(() => ({...newDraft(), name: `${counted(chosen.length, 'contact')}, ${day(new Date())}`}));
  const [notAfter, setNotAfter] = useState('');
  const [leaveOut, setLeaveOut] = useState(true);
  const [said, setSaid] = useState<Errors & {notAfter?: string}>({});
  const [stage, setStage] = useState<Stage>({name: 'form'});
  const foreseen = useOutlook(draft, chosen.length);
  const errors: Errors & {notAfter?: string} = way === 'campaign' ? {...foreseen.errors, ...said} : said;
  const [isEntered, setEntered] = useState(false);
  const change = (part: Partial<Draft>, isByPage = false) => {
    if (!isByPage) setEntered(true);
    setDraft((before) => ({...before, ...part}));
    setSaid({});
  };

  const work = async (start: boolean): Promise<Queued> => {
    const {left, skipped} = leaveOut ? await withoutWaiting(chosen) : {left: [...chosen], skipped: []};
    if (left.length === 0) return {queued: 0, skipped, campaign: null};
    const {name = '', agent_id = '', ...fields} = fieldsOf(draft);
    const queued = way === 'campaign'
      ? await queueCampaign(left, {...fields, name, agent_id, start})
      : await queueDirect(left, {agent_id, ...(notAfter ? {not_after: new Date(notAfter).toISOString()} : {})},
                          (done) => setStage({name: 'working', done}));
    if (queued.campaign) note({campaign: queued.campaign});
    return {...queued, skipped: [...skipped, ...queued.skipped]};
  };
  const submit = async (start: boolean) => {
    const problems = way === 'campaign' ? problemsOf(draft) : directProblems(draft, notAfter);
    setSaid(problems);
    if (Object.keys(problems).length > 0) return focusFirstError();
    setStage({name: 'working', done: 0});
    try {
      const queued = await work(start);
      setStage({name: 'done', queued});
      settled(kBulk);
      onQueued();
    } catch (error) {
      setStage({name: 'form'});
      if (error instanceof Refusal && error.status === 422) setSaid(saidBy(error));
      else failed(error, kBulk);
      focusFirstError();
    }
  };

  if (stage.name === 'done') return <QueuedReport queued={stage.queued} onClose={onClose} />;
  if (stage.name === 'working') {
    return (
      <Dialog title={`Calling ${counted(chosen.length, 'contact')}`} onClose={() => {}}>
        <Progress label="Queued" total={Math.max(chosen.length, 1)} parts={[{tone: 'good', count: stage.done, label: 'queued'}]} />
        <p class="muted" role="status">{stage.done > 0 ? `${number(stage.done)} of ${number(chosen.length)} queued…` : 'They are being queued…'}</p>
      </Dialog>
    );
  }
  return (
    <Dialog title={`Call ${counted(chosen.length, 'contact')}`} onClose={onClose} wide isEntered={isEntered} actions={<>
      {errors.other && <p class="field-error dialog-aside" role="alert">{errors.other}</p>}
      <Button onClick={onClose}>Cancel</Button>
      {way === 'campaign' && <Button onClick={() => void submit(false)}>Save as draft</Button>}
      <Button kind="primary" icon="phone" onClick={() => void submit(true)}>{way === 'campaign' ? startLabel(chosen.length) : `Call now: ${counted(chosen.length, 'person', 'people')}`}</Button>
    </>}>
      <div class="bulk-call">
        {isFirst && <p class="notice is-warn">{kFirstOnly}: the others are not called. No more can be called at once.</p>}
        <Choice name="way" legend="How" value={way} onChange={setWay} options={[
          {value: 'campaign', label: 'As a campaign', hint: 'Within calling hours, with retries and results of its own.'},
          {value: 'direct', label: 'Directly', hint: 'Once, at any hour, before the calls of campaigns.'},
        ]} />
        <Checkbox label="Leave out who is in the queue already" checked={leaveOut} onChange={setLeaveOut} />
        {way === 'direct' ? (
          <>
            <AgentField agentId={draft.agentId} error={errors.agent} onChange={(agentId, isByPage) => change({agentId}, isByPage)} />
            <Field label="Not after" optional error={errors.notAfter} hint="Who could not be called by then is not called any more.">
              {(input) => <input {...input} type="datetime-local" value={notAfter} onInput={(event) => {
                setNotAfter(event.currentTarget.value);
                setEntered(true);
                setSaid({});
              }} />}
            </Field>
          </>
        ) : (
          <>
            <CampaignForm draft={draft} errors={errors} onChange={change} />
            <OutlookCard outlook={foreseen.outlook} draft={draft} contacts={chosen.length} zones={chosen.flatMap(({timezone}) => timezone ?? [])} />
          </>
        )}
      </div>
    </Dialog>
  );
}

function directProblems(draft: Draft, notAfter: string): Errors & {notAfter?: string} {
  return {
    ...(draft.agentId ? {} : {agent: 'Choose who speaks.'}),
    ...(notAfter && new Date(notAfter) <= new Date() ? {notAfter: 'This has passed already.'} : {}),
  };
}

function focusFirstError(): void {
  setTimeout(() => document.querySelector<HTMLElement>('dialog[open] [aria-invalid]')?.focus());
}
