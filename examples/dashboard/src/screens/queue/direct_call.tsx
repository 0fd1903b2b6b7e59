import {useState} from 'preact/hooks';
import {Refusal} from '../../api/client';
import {newKey} from '../../api/key';
import {contacts} from '../../api/people';
import {calls} from '../../api/queue';
import type {Contact, Id, PlacedCall} from '../../api/types';
import {AgentField} from '../../campaign_form/agent_field';
import {Button} from '../../components/button';
import {Dialog} from '../../components/dialog';
import {Checkbox, Field} from '../../components/field';
import {SearchField} from '../../components/search_field';
import {done, failed} from '../../components/toast';
import {number, phone} from '../../format';
import {useRested} from '../../store/rested';
import {useResource} from '../../store/resource';
import {ContactDialog} from '../contacts/contact_dialog';

const kShown = 6;

type Errors = Partial<Record<'contact_id' | 'agent_id' | 'scheduled_for' | 'not_after', string>>;

/** One call to one contact, before those of campaigns, at any hour. */
export function DirectCallDialog({contact: first, onClose}: {contact?: Contact; onClose: () => void}) {
  const [contact, setContact] = useState<Contact | null>(first ?? null);
  const [agentId, setAgentId] = useState<Id>('');
  const [isLater, setLater] = useState(false);
  const [from, setFrom] = useState('');
  const [notAfter, setNotAfter] = useState('');
  const [errors, setErrors] = useState<Errors>({});
  const [isBusy, setBusy] = useState(false);
  const [key, setKey] = useState(newKey);

  const problems = (): Errors => ({
    ...(contact ? {} : {contact_id: 'Choose who is to be called.'}),
    ...(agentId ? {} : {agent_id: 'Choose who speaks.'}),
    ...(notAfter && new Date(notAfter) <= new Date(isLater && from ? from : Date.now()) ? {not_after: 'This has passed before the call may start.'} : {}),
  });
  const call = async () => {
    const found = problems();
    setErrors(found);
    if (!contact || Object.keys(found).length > 0) return;
    setBusy(true);
    try {
      const later = isLater && from ? {scheduled_for: new Date(from).toISOString()} : {};
      const end = isLater && notAfter ? {not_after: new Date(notAfter).toISOString()} : {};
      done(said(contact, await calls.call({contact_id: contact.id, agent_id: agentId, ...later, ...end}, key)), 'direct call');
      onClose();
    } catch (error) {
      setKey(newKey());
      setBusy(false);
      if (error instanceof Refusal && error.field && ['contact_id', 'agent_id', 'scheduled_for', 'not_after'].includes(error.field)) {
        setErrors({[error.field]: error.message});
      } else failed(error, 'The call was not placed', 'direct call');
    }
  };

  return (
    <Dialog title="Direct call" onClose={onClose} isEntered={contact !== (first ?? null) || isLater} actions={<>
      <Button onClick={onClose}>Cancel</Button>
      <Button kind="primary" icon="phone" busy={isBusy} onClick={() => void call()}>{isLater ? 'Queue the call' : 'Call now'}</Button>
    </>}>
      <p class="muted direct-call">It comes before the calls of campaigns, at any hour.</p>
      {contact
        ? <div class="chosen-contact">
            <div><strong>{contact.name ?? 'No name'}</strong><span class="muted number">{phone(contact.phone_number)}</span></div>
            <Button small onClick={() => setContact(null)}>Choose another</Button>
          </div>
        : <ContactChoice error={errors.contact_id} onChoose={(chosen) => {
            setContact(chosen);
            setErrors(({contact_id: _mended, ...others}) => others);
          }} />}
      <AgentField autoFocus={first !== undefined} agentId={agentId} error={errors.agent_id} onChange={(id) => {
        setAgentId(id);
        setErrors(({agent_id: _mended, ...others}) => others);
      }} />
      <Checkbox label="Later, or only until some time" checked={isLater} onChange={setLater} />
      {isLater && (
        <div class="form-row form-row-wide">
          <Field label="Not before" optional error={errors.scheduled_for}>
            {(input) => <input {...input} type="datetime-local" value={from} onInput={(event) => setFrom(event.currentTarget.value)} />}
          </Field>
          <Field label="Not after" optional error={errors.not_after}>
            {(input) => <input {...input} type="datetime-local" value={notAfter} onInput={(event) => setNotAfter(event.currentTarget.value)} />}
          </Field>
        </div>
      )}
    </Dialog>
  );
}

function said(contact: Contact, row: PlacedCall): string {
  const who = contact.name ?? phone(contact.phone_number);
  if (row.status !== 'queued') return `${who} is being called.`;
  return row.queue_position === 1 ? `${who} is called next.` : `${who} is queued${row.queue_position ? `, at position ${number(row.queue_position)}` : ''}.`;
}

function ContactChoice({error, onChoose}: {error: string | undefined; onChoose: (contact: Contact) => void}) {
  const [search, setSearch] = useState('');
  const [isAdding, setAdding] = useState(false);
  const wanted = useRested(search.trim());
  const found = useResource(`direct ${wanted}`, (signal) => contacts.list({limit: kShown, search: wanted}, signal));
  const items = found.data?.items;
  return (
    <div class="form-stack" role="group" aria-label="Who is called">
      <SearchField label="Search contacts by name or number" placeholder="Name or number" value={search} autoFocus onChange={setSearch} />
      {error && <p class="field-error" role="alert">{error}</p>}
      {items?.length === 0 && <p class="muted" role="status">{wanted ? 'Nobody found.' : 'There are no contacts yet.'}</p>}
      {items?.length === 0 && <div><Button small icon="plus" onClick={() => setAdding(true)}>New contact</Button></div>}
      {isAdding && (
        <ContactDialog number={/\d/.test(wanted) ? wanted : ''} name={/\d/.test(wanted) ? '' : wanted} onClose={() => setAdding(false)} onSaved={onChoose} />
      )}
      <ul class="choose-contact">
        {items?.map((contact) => (
          <li key={contact.id}>
            <button type="button" onClick={() => onChoose(contact)}>
              <span>{contact.name ?? <span class="muted">No name</span>}</span>
              <span class="muted number">{phone(contact.phone_number)}</span>
            </button>
          </li>
        ))}
      </ul>
      {found.data?.next_cursor && <p class="hint">There are more: search for part of the name or number.</p>}
    </div>
  );
}
