import {useState} from 'preact/hooks';
import {contacts} from '../api/people';
import type {Contact, Id} from '../api/types';
import {Empty, Failed, Skeleton} from '../components/empty';
import {Icon} from '../components/icon';
import {type Column, Table} from '../components/table';
import {kNumberWidth, Who} from '../components/who';
import {number, phone} from '../format';
import {usePages} from '../store/pages';
import {useRested} from '../store/rested';

const kColumns: readonly Column<Contact>[] = [
  {key: 'name', title: 'Name', cell: (contact) => <Who name={contact.name} number={contact.phone_number} />},
  {key: 'phone', title: 'Number', cell: (contact) => phone(contact.phone_number), width: kNumberWidth, wide: true},
  {key: 'company', title: 'Company', cell: (contact) => contact.company ?? '', wide: true},
];

/** Contacts to be chosen among. What is chosen stays so while one searches for others. */
export function ContactPicker({selected, onChange}: {selected: ReadonlySet<Id>; onChange: (selected: Set<Id>) => void}) {
  const [search, setSearch] = useState('');
  const wanted = useRested(search.trim());
  const pages = usePages(`contacts ${wanted}`, (cursor, signal) => contacts.list({limit: 200, cursor, search: wanted}, signal));
  const others = [...selected].filter((id) => !pages.rows.some((contact) => contact.id === id));
  return (
    <div class="form-stack">
      <div class="picker-head">
        <label class="search">
          <span class="hidden">Search contacts by name or number</span>
          <Icon name="search" />
          <input type="search" placeholder="Name or number" value={search} onInput={(event) => setSearch(event.currentTarget.value)} />
        </label>
        <p class="muted" role="status">{number(selected.size)} chosen</p>
      </div>
      {pages.error && pages.rows.length === 0 ? <Failed error={pages.error} onRetry={pages.reload} />
        : pages.isLoading ? <Skeleton />
        : pages.rows.length === 0
          ? <Empty icon="contacts" title={wanted ? 'Nobody found' : 'No contacts yet'}>
              {wanted ? 'Try a part of the name, or digits of the number.' : 'They come with the first list that you upload.'}
            </Empty>
        : <Table caption="Contacts" columns={kColumns} rows={pages.rows} rowKey={(contact) => contact.id} maxRows={8}
                 onRange={pages.onRange}
                 selection={{selected, label: (contact) => `Choose ${contact.name ?? contact.phone_number}`,
                             onChange: (now) => onChange(new Set(selectionOf(now, others)))}} />}
    </div>
  );
}

/** The table knows of its own rows only. */
const selectionOf = (now: ReadonlySet<Id>, others: readonly Id[]): Id[] => [...new Set([...now, ...others])];
