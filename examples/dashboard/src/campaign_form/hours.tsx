import {useRef} from 'preact/hooks';
import type {Window} from '../api/types';
import {Button} from '../components/button';
import {Choice} from '../components/field';
import {type Draft, everyDay} from './draft';

export const kWeekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

/** The hours of a day in which calls may start: the same every day, or by weekday. */
export function HoursFields({draft, error, onChange}: {
  draft: Draft;
  error: string | undefined;
  onChange: (part: Partial<Draft>) => void;
}) {
  // The hours of every day that those by weekday were made of: made anew only from others.
  const {opens, closes} = draft.daily;
  const hoursNow = `${opens} ${closes}`;
  const madeOf = useRef(draft.hours === 'weekly' ? hoursNow : '');
  const choose = (hours: Draft['hours']) => {
    const isTakenOver = hours === 'weekly' && madeOf.current !== hoursNow;
    madeOf.current = hoursNow;
    onChange({hours, ...(isTakenOver ? {weekly: everyDay(draft.daily)} : {})});
  };
  return (
    <>
      <Choice name="hours" legend="Calling hours" value={draft.hours} onChange={choose} options={[
        {value: 'daily', label: 'The same every day'},
        {value: 'weekly', label: 'By weekday', hint: 'Several times a day, and days without any.'},
      ]} />
      {draft.hours === 'daily'
        ? <Between label="Calling hours" window={draft.daily} onChange={(daily) => onChange({daily})} />
        : <Weekly weekly={draft.weekly} usual={draft.daily} onChange={(weekly) => onChange({weekly})} />}
      {error && <p class="field-error" role="alert">{error}</p>}
      {draft.hours === 'daily' && <p class="hint">From 00:00 to 00:00 is all day. A later start than end goes over midnight.</p>}
    </>
  );
}

function Between({label, window, onChange}: {label: string; window: Window; onChange: (window: Window) => void}) {
  return (
    <div class="between" role="group" aria-label={label}>
      <input type="time" aria-label={`${label}, from`} value={window.opens} required
             onInput={(event) => onChange({...window, opens: event.currentTarget.value})} />
      <span aria-hidden="true">to</span>
      <input type="time" aria-label={`${label}, to`} value={window.closes} required
             onInput={(event) => onChange({...window, closes: event.currentTarget.value})} />
    </div>
  );
}

function Weekly({weekly, usual, onChange}: {weekly: Window[][]; usual: Window; onChange: (weekly: Window[][]) => void}) {
  const set = (weekday: number, windows: Window[]) => onChange(weekly.map((day, i) => (i === weekday ? windows : day)));
  return (
    <div class="weekly">
      {kWeekdays.map((name, weekday) => {
        const windows = weekly[weekday] ?? [];
        return (
          <div class="weekly-day" key={name}>
            <strong>{name}</strong>
            <div class="form-stack">
              {windows.length === 0 && <span class="muted">No calls</span>}
              {windows.map((window, i) => (
                <div class="form-inline" key={i}>
                  <Between label={name} window={window}
                           onChange={(changed) => set(weekday, windows.map((other, j) => (i === j ? changed : other)))} />
                  <Button kind="quiet" icon="close" label={`Remove ${name} ${window.opens} to ${window.closes}`}
                          onClick={() => set(weekday, windows.filter((_, j) => i !== j))} />
                </div>
              ))}
            </div>
            <Button kind="quiet" icon="plus" label={`Add hours on ${name}`}
                    onClick={() => set(weekday, [...windows, windows.length === 0 ? {...usual} : {opens: '18:00', closes: '20:00'}])} />
          </div>
        );
      })}
    </div>
  );
}
