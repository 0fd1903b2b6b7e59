import type {ComponentProps} from 'preact';
import {useEffect, useState} from 'preact/hooks';
import {contacts} from '../../api/people';
import type {Contact, Id} from '../../api/types';
import {failed} from '../../components/toast';
import {useResource} from '../../store/resource';
import {ContactDialog} from './contact_dialog';

/** The contact at an address; `listed`, where it is among those that are shown. */
export function OpenedContact({id, listed, ...rest}: {id: Id; listed: Contact | undefined} & Omit<ComponentProps<typeof ContactDialog>, 'contact'>) {
  const [first] = useState(listed);
  const found = useResource(`contact ${id}`, (signal) => contacts.get(id, signal), {enabled: !first});
  const contact = first ?? found.data;
  useEffect(() => {
    if (!found.error) return;
    failed(found.error, 'The contact cannot be shown');
    rest.onClose();
  }, [found.error]);
  return contact ? <ContactDialog contact={contact} {...rest} /> : null;
}
