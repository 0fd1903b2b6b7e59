import {useState} from 'preact/hooks';
import {Refusal} from '../../api/client';
import {settings} from '../../api/settings';
import type {ConcurrencyLimits, UserActivity} from '../../api/types';
import {Button} from '../../components/button';
import {Dialog} from '../../components/dialog';
import {Field} from '../../components/field';
import {done, failed} from '../../components/toast';
import {publish} from '../../store/topics';

type Name = 'concurrent_calls_limit' | 'system_concurrent_calls_limit' | 'system_limit';

interface Input {
  name: Name;
  label: string;
  hint: string;
  value: number;
}

export function LimitsDialog({user, onClose}: {user: UserActivity; onClose: () => void}) {
  return <NumbersDialog title={`Limits of ${user.name}`} onClose={onClose} more={{user_id: user.id}} inputs={[
    {name: 'concurrent_calls_limit', label: 'Calls at a time', value: user.concurrent_calls_limit,
     hint: '0 lets no call start. Calls that are on go on.'},
    {name: 'system_concurrent_calls_limit', label: 'Stops at', value: user.system_concurrent_calls_limit,
     hint: 'No further call of this user starts while all users together have that many.'},
  ]} />;
}

export function SystemLimitDialog({limit, onClose}: {limit: number; onClose: () => void}) {
  return <NumbersDialog title="Limit of the system" onClose={onClose} more={{}} inputs={[
    {name: 'system_limit', label: 'Calls at a time, of all users together', value: limit, hint: '0 lets no call start. Calls that are on go on.'},
  ]} />;
}

function NumbersDialog({title, inputs, more, onClose}: {
  title: string;
  inputs: readonly Input[];
  more: ConcurrencyLimits;
  onClose: () => void;
}) {
  const [texts, setTexts] = useState<Partial<Record<Name, string>>>(() => Object.fromEntries(inputs.map(({name, value}) => [name, String(value)])));
  const [errors, setErrors] = useState<Partial<Record<Name, string>>>({});
  const [isBusy, setBusy] = useState(false);
  const save = async () => {
    const wrong = inputs.filter(({name}) => !/^\d{1,9}$/.test(texts[name]?.trim() ?? ''));
    setErrors(Object.fromEntries(wrong.map(({name}) => [name, /^\d+$/.test(texts[name]?.trim() ?? '') ? 'Write a smaller number: 999,999,999 at most.' : 'Write a whole number, 0 or more.'])));
    if (wrong.length > 0) return;
    setBusy(true);
    try {
      await settings.setConcurrency({...more, ...Object.fromEntries(inputs.map(({name}) => [name, Number(texts[name])]))});
      publish('limits');
      done('The limits hold from now on.', 'limits');
      onClose();
    } catch (error) {
      setBusy(false);
      if (error instanceof Refusal && inputs.some(({name}) => name === error.field)) setErrors({[error.field as Name]: error.message});
      else failed(error, 'The limits were not changed', 'limits');
    }
  };
  return (
    <Dialog title={title} onClose={onClose} isEntered={inputs.some(({name, value}) => texts[name] !== String(value))}>
      <form class="form-stack" noValidate onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}>
        {inputs.map(({name, label, hint}, i) => (
          <Field key={name} label={label} hint={hint} error={errors[name]}>
            {(props) => <input {...props} class="input-short" type="number" min={0} autoFocus={i === 0} value={texts[name] ?? ''}
                               onInput={(event) => {
                                 const {value} = event.currentTarget;
                                 setTexts((before) => ({...before, [name]: value}));
                                 setErrors({});
                               }} />}
          </Field>
        ))}
        <div class="dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={isBusy}>Save</Button>
        </div>
      </form>
    </Dialog>
  );
}
