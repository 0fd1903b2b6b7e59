import {useEffect, useState} from 'preact/hooks';
import {agents} from '../api/people';
import {newKey} from '../api/key';
import type {Id} from '../api/types';
import {Button} from '../components/button';
import {Dialog} from '../components/dialog';
import {Field} from '../components/field';
import {inFieldWords} from '../field_words';
import {agentNames, noteAgent} from '../live/live';
import {useSignal} from '../store/signal';

/** Who speaks: one of the user's agents, or a new one. */
export function AgentField({agentId, error, onChange, autoFocus = false}: {
  agentId: Id;
  error: string | undefined;
  /** `isByPage`: nobody has chosen it, there is only this one. */
  onChange: (id: Id, isByPage: boolean) => void;
  autoFocus?: boolean;
}) {
  const names = useSignal(agentNames);
  const [isAdding, setAdding] = useState(false);
  const only = names.size === 1 ? [...names.keys()][0] : undefined;
  useEffect(() => {
    if (!agentId && only) onChange(only, true);
  }, [agentId, only]);
  return (
    <>
      <Field label="Agent" error={error} hint="The voice that speaks.">
        {(input) => (
          <div class="form-inline">
            <select {...input} value={agentId} autoFocus={autoFocus} onChange={(event) => onChange(event.currentTarget.value, false)}>
              <option value="" disabled>{names.size === 0 ? 'There is none yet' : 'Choose one'}</option>
              {[...names].map(([id, name]) => <option key={id} value={id}>{name}</option>)}
            </select>
            <Button icon="plus" onClick={() => setAdding(true)}>New</Button>
          </div>
        )}
      </Field>
      {isAdding && <NewAgent onClose={() => setAdding(false)} onMade={(id) => {
        setAdding(false);
        onChange(id, false);
      }} />}
    </>
  );
}

function NewAgent({onClose, onMade}: {onClose: () => void; onMade: (id: Id) => void}) {
  const [name, setName] = useState('');
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [key] = useState(() => newKey());
  const make = async () => {
    setBusy(true);
    try {
      const agent = await agents.create(name.trim(), `${key}-${name.trim().length}`);
      noteAgent(agent);
      onMade(agent.id);
    } catch (failure) {
      setError(inFieldWords((failure as Error).message));
      setBusy(false);
    }
  };
  return (
    <Dialog title="New agent" onClose={onClose} isEntered={name.trim() !== ''} actions={<>
      <Button onClick={onClose}>Cancel</Button>
      <Button kind="primary" busy={isBusy} disabled={!name.trim()} onClick={() => void make()}>Add agent</Button>
    </>}>
      <Field label="Name" error={error}>
        {(input) => <input {...input} value={name} autoFocus onInput={(event) => setName(event.currentTarget.value)}
                           onKeyDown={(event) => {
                             if (event.key === 'Enter' && name.trim()) void make();
                           }} />}
      </Field>
    </Dialog>
  );
}
