import {useState} from 'preact/hooks';
import type {RetryableOutcome} from '../api/types';
import {Button} from '../components/button';
import {Checkbox, Choice, Field} from '../components/field';
import {ZoneInput} from '../components/zone_input';
import {outcomeName} from '../components/status';
import {counted, date} from '../format';
import {AgentField} from './agent_field';
import type {Draft, Errors} from './draft';
import {HoursFields} from './hours';
import type {Beside} from './meanwhile';
import {zoneWhenEmpty} from './zone_words';

interface Props {
  draft: Draft;
  errors: Errors;
  beside?: Beside;
  /** `isByPage`: nobody has entered it. */
  onChange: (part: Partial<Draft>, isByPage?: boolean) => void;
}

/** Of the button that lets people be called: with how many. */
export const startLabel = (people: number, isAbout = false): string =>
  (people > 0 ? `Create and start: call ${isAbout ? 'about ' : ''}${counted(people, 'person', 'people')}` : 'Create and start');

/** A campaign's settings, as they are made and as they are changed. Enter does nothing in them: calls may follow. */
export function CampaignForm(props: Props) {
  return (
    <>
      <Basics {...props} />
      <When {...props} />
      <Attempts {...props} />
    </>
  );
}

function Basics({draft, errors, beside = {}, onChange}: Props) {
  return (
    <section class="form-section" aria-labelledby="basics">
      <h2 id="basics">What it is</h2>
      <Field label="Name" error={errors.name} beside={beside.name}>
        {(input) => <input {...input} value={draft.name} maxLength={255} placeholder="Spring renewals"
                           onInput={(event) => onChange({name: event.currentTarget.value})} />}
      </Field>
      <AgentField agentId={draft.agentId} error={errors.agent} onChange={(agentId, isByPage) => onChange({agentId}, isByPage)} />
      {beside.agent}
      <Field label="Next action" optional error={errors.nextAction} beside={beside.nextAction} hint="What is to happen after a successful call; handed on with each call.">
        {(input) => <input {...input} value={draft.nextAction} placeholder="Send the offer by mail"
                           onInput={(event) => onChange({nextAction: event.currentTarget.value})} />}
      </Field>
      <Field label="Description" optional error={errors.description} beside={beside.description}>
        {(input) => <textarea {...input} value={draft.description}
                              onInput={(event) => onChange({description: event.currentTarget.value})} />}
      </Field>
    </section>
  );
}

function When({draft, errors, beside = {}, onChange}: Props) {
  return (
    <section class="form-section" aria-labelledby="when">
      <h2 id="when">When it may call</h2>
      <HoursFields draft={draft} error={errors.hours} onChange={onChange} />
      {beside.hours}
      <Choice name="clock" legend="Whose clock counts" value={draft.clock} onChange={(clock) => onChange({clock})} options={[
        {value: 'contact', label: 'Each contact’s own', hint: 'By the time zone of the contact; where that is unknown, the one below.'},
        {value: 'campaign', label: 'One for all', hint: 'By the time zone below.'},
      ]} />
      {beside.clock}
      <ZoneField zone={draft.zone} error={errors.zone} onChange={(zone) => onChange({zone})} />
      {beside.zone}
      <div class="form-row">
        <Field label="First day" error={errors.startDate} beside={beside.startDate}>
          {(input) => <input {...input} type="date" value={draft.startDate} required
                             onInput={(event) => onChange({startDate: event.currentTarget.value})} />}
        </Field>
        <Field label="Last day" optional error={errors.endDate} beside={beside.endDate}>
          {(input) => <input {...input} type="date" value={draft.endDate} min={draft.startDate}
                             onInput={(event) => onChange({endDate: event.currentTarget.value})} />}
        </Field>
      </div>
      <ExcludedDates draft={draft} errors={errors} onChange={onChange} />
      {beside.excluded}
    </section>
  );
}

function ZoneField({zone, error, onChange}: {zone: string; error: string | undefined; onChange: (zone: string) => void}) {
  return (
    <Field label="Time zone" error={error} hint="Begin to type a large city, such as Berlin or New York.">
      {(input) => <ZoneInput input={input} zone={zone} placeholder={zoneWhenEmpty()} onChange={onChange} />}
    </Field>
  );
}

function ExcludedDates({draft, errors, onChange}: Omit<Props, 'beside'>) {
  const [next, setNext] = useState('');
  const add = () => {
    if (next) onChange({excluded: [...new Set([...draft.excluded, next])].sort()});
    setNext('');
  };
  return (
    <div class="form-stack">
      <Field label="Days off" optional error={errors.excluded} hint="Holidays, say: no call starts on these dates.">
        {(input) => (
          <div class="form-inline">
            <input {...input} type="date" value={next} onInput={(event) => setNext(event.currentTarget.value)} />
            <Button onClick={add} disabled={!next}>Add</Button>
          </div>
        )}
      </Field>
      {draft.excluded.length > 0 && (
        <ul class="chips">
          {draft.excluded.map((day) => (
            <li key={day} class="chip">
              {date(day)}
              <Button kind="quiet" small icon="close" label={`Remove ${date(day)}`}
                      onClick={() => onChange({excluded: draft.excluded.filter((other) => other !== day)})} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

const kRetryable: readonly RetryableOutcome[] = ['no_answer', 'busy', 'voicemail', 'failed', 'rejected'];

function Attempts({draft, errors, beside = {}, onChange}: Props) {
  const toggle = (outcome: RetryableOutcome, on: boolean) =>
    onChange({retries: kRetryable.filter((one) => (one === outcome ? on : draft.retries.includes(one)))});
  return (
    <section class="form-section" aria-labelledby="attempts">
      <h2 id="attempts">How it calls</h2>
      <fieldset class="form-stack">
        <legend>Call again after</legend>
        <div class="form-checks">
          {kRetryable.map((outcome) => (
            <Checkbox key={outcome} label={outcomeName(outcome)} checked={draft.retries.includes(outcome)}
                      onChange={(on) => toggle(outcome, on)} />
          ))}
        </div>
      </fieldset>
      {draft.retries.length > 0 && (
        <div class="form-row">
          <Field label="Attempts in all" error={errors.attempts ?? errors.retry}>
            {(input) => <input {...input} type="number" min={1} max={100} value={draft.attempts}
                               onInput={(event) => onChange({attempts: event.currentTarget.value})} />}
          </Field>
          <Field label="Minutes in between" error={errors.delays} hint="Several, as 10, 60, 240: one for each further attempt.">
            {(input) => <input {...input} inputMode="numeric" value={draft.delays}
                               onInput={(event) => onChange({delays: event.currentTarget.value})} />}
          </Field>
        </div>
      )}
      {beside.retry}
      <Choice name="pace" legend="How fast" value={draft.spread ? 'spread' : 'soon'}
              onChange={(pace) => onChange({spread: pace === 'spread'})} options={[
        {value: 'soon', label: 'As soon as possible', hint: 'As many calls at a time as your limit allows.'},
        {value: 'spread', label: 'Spread', hint: 'Evenly over the calling hours that are left.'},
      ]} />
      {beside.pace}
    </section>
  );
}
