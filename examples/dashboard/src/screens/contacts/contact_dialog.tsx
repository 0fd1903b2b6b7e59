import {useState} from 'preact/hooks';
import {Refusal} from '../../api/client';
import {newKey} from '../../api/key';
import {contacts} from '../../api/people';
import type {Contact, ContactFields, Id} from '../../api/types';
import {Button} from '../../components/button';
import {CountryField} from '../../components/country_field';
import {confirm, mayGiveUp} from '../../components/confirm';
import {Dialog} from '../../components/dialog';
import {Field} from '../../components/field';
import {ZoneInput} from '../../components/zone_input';
import {isNoCountry, kNoCountry, regionOf} from '../../countries';
import {inFieldWords} from '../../field_words';
import {zoneNamed} from '../../format';
import {done, failed} from '../../components/toast';
import {ContactCalls} from './contact_calls';
import {holderOf} from './holder';

type Name = 'phone_number' | 'default_region' | 'name' | 'email' | 'company' | 'notes' | 'timezone';
type Texts = Record<Name, string>;

function textsOf(contact: Contact | undefined): Texts {
  return {
    phone_number: contact?.phone_number ?? '', default_region: '', name: contact?.name ?? '', email: contact?.email ?? '',
    company: contact?.company ?? '', notes: contact?.notes ?? '', timezone: contact?.timezone ?? '',
  };
}

/** The library speaks of an import's options; here they are fields. */
const inPageWords = (message: string): string =>
  inFieldWords(message).replace('name the country of national numbers when importing', 'enter its country beside it');

const isTaken = (error: unknown): boolean => error instanceof Refusal && error.code === 'conflict' && error.field === 'phone_number';

/** What is empty is cleared. */
function fieldsOf(texts: Texts): ContactFields & {phone_number: string} {
  const orNull = (text: string) => text.trim() || null;
  return {
    phone_number: texts.phone_number.trim(), name: orNull(texts.name), email: orNull(texts.email), company: orNull(texts.company),
    notes: orNull(texts.notes), timezone: orNull(zoneNamed(texts.timezone)), ...regionOf(texts.default_region),
  };
}

/** A new contact, or one that is there already. */
export function ContactDialog({contact, number = '', name: firstName = '', onClose, onSaved, onDeleted, onCall}: {
  contact?: Contact;
  /** Of a new one, what is known. */
  number?: string;
  name?: string;
  onClose: () => void;
  onSaved: (contact: Contact) => void;
  onDeleted?: (id: Id) => void;
  onCall?: (contact: Contact) => void;
}) {
  const [texts, setTexts] = useState<Texts>(() => (contact ? textsOf(contact) : {...textsOf(undefined), phone_number: number, name: firstName}));
  const [begunWith] = useState(texts);
  const [errors, setErrors] = useState<Partial<Record<Name, string>>>({});
  const [isBusy, setBusy] = useState(false);
  const [key, setKey] = useState(newKey);
  const isEntered = JSON.stringify(texts) !== JSON.stringify(begunWith);
  const change = (name: Name, text: string) => {
    setTexts((before) => ({...before, [name]: text}));
    setErrors(({[name]: _mended, ...others}) => others);
  };

  const save = async () => {
    if (!texts.phone_number.trim()) return setErrors({phone_number: 'A number to call is needed.'});
    if (isNoCountry(texts.default_region)) return setErrors({default_region: kNoCountry});
    setBusy(true);
    try {
      const fields = fieldsOf(texts);
      const saved = contact ? await contacts.change(contact.id, fields) : await contacts.create(fields, key);
      done(contact ? 'The contact is saved.' : `${saved.name ?? 'The number'} is among your contacts.`, 'contact');
      onSaved(saved);
      onClose();
    } catch (error) {
      setKey(newKey());
      setBusy(false);
      if (isTaken(error)) setErrors({phone_number: await holderOf(texts.phone_number)});
      else if (error instanceof Refusal && error.field && error.field in texts) setErrors({[error.field]: inPageWords(error.message)});
      else failed(error, 'The contact was not saved', 'contact');
    }
  };
  const remove = async () => {
    if (!contact || !await confirm({
      title: 'Delete this contact?', action: 'Delete contact', danger: true,
      text: `${contact.name ?? contact.phone_number} goes for good, and so do the calls that wait for this contact. The contact’s results leave the figures of campaigns.`,
    })) return;
    setBusy(true);
    await contacts.remove(contact.id).then(() => {
      done('The contact is deleted.', 'contact');
      onDeleted?.(contact.id);
      onClose();
    }, (error: unknown) => {
      setBusy(false);
      failed(error, 'The contact was not deleted', 'contact');
    });
  };
  const call = async (whom: Contact) => {
    if (!isEntered || await mayGiveUp()) onCall?.(whom);
  };
  const field = (name: Name, label: string, more: {hint?: string; type?: string; optional?: boolean; autoFocus?: boolean} = {}) => {
    const {hint, optional = true, ...input} = more;
    return (
      <Field label={label} optional={optional} hint={hint} error={errors[name]}>
        {(props) => <input {...props} {...input} autoComplete="off" value={texts[name]}
                           onInput={(event) => change(name, event.currentTarget.value)} />}
      </Field>
    );
  };

  return (
    <Dialog title={contact ? contact.name ?? 'Contact' : 'New contact'} onClose={onClose} isEntered={isEntered}>
      <form class="form-stack contact-form" noValidate onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}>
        <div class="form-row">
          {field('name', 'Name', {autoFocus: !contact})}
          {field('company', 'Company')}
        </div>
        <div class="number-and-country">
          {field('phone_number', 'Phone number', {type: 'tel', optional: false})}
          <CountryField label="Country" error={errors.default_region} text={texts.default_region} onChange={(text) => change('default_region', text)} />
        </div>
        <p class="hint">Begin with + and the country’s code; or name the country, such as Denmark or DK.</p>
        <div class="form-row">
          {field('email', 'E-mail', {type: 'email'})}
          <Field label="Time zone" optional error={errors.timezone} hint="A large city. Left empty, that of the campaign counts.">
            {(props) => <ZoneInput input={props} zone={texts.timezone} onChange={(zone) => change('timezone', zone)} />}
          </Field>
        </div>
        <Field label="Notes" optional error={errors.notes}>
          {(props) => <textarea {...props} value={texts.notes} onInput={(event) => change('notes', event.currentTarget.value)} />}
        </Field>
        {contact && <ContactCalls id={contact.id} />}
        <div class="dialog-actions">
          {contact && (
            <span class="dialog-aside">
              <Button kind="quiet" icon="trash" disabled={isBusy} onClick={() => void remove()}>Delete</Button>
              {onCall && <Button kind="quiet" icon="phone" onClick={() => void call(contact)}>Call</Button>}
            </span>
          )}
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={isBusy}>{contact ? 'Save' : 'Add contact'}</Button>
        </div>
      </form>
    </Dialog>
  );
}
