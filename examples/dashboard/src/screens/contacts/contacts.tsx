import {useEffect, useState} from 'preact/hooks';
import {contacts} from '../../api/people';
import type {Contact, Id} from '../../api/types';
import {Button, ButtonLink} from '../../components/button';
import {Empty, Failed, Skeleton} from '../../components/empty';
import {SearchField} from '../../components/search_field';
import {SelectionBar} from '../../components/selection_bar';
import {type Column, Table} from '../../components/table';
import {kNumberWidth, Who} from '../../components/who';
import {failed} from '../../components/toast';
import {counted, phone, placeOf} from '../../format';
import {go, here, href} from '../../router';
import {ScreenHead} from '../../shell/shell';
import {allRows} from '../../store/all_rows';
import {usePages} from '../../store/pages';
import {useRested} from '../../store/rested';
import {useSelected} from '../../store/signal';
import {DirectCallDialog} from '../queue/direct_call';
import {BulkCallDialog, kFirstOnly, kMostContacts} from './bulk_call';
import {ContactDialog} from './contact_dialog';
import {OpenedContact} from './opened_contact';

type Opened = {name: 'new'} | {name: 'call'} | {name: 'direct'; contact: Contact} | null;

type Selected = ReadonlyMap<Id, Contact>;
/** `isCut`: more match than can be selected. */
const kNobody: {selected: Selected; isCut: boolean} = {selected: new Map(), isCut: false};

/** Everybody who can be called. Those who are selected stay so while one searches for others. */
export function ContactsScreen() {
  const query = useSelected(here, (location) => location.query.get('search') ?? '');
  const [search, setText] = useState(query);
  useEffect(() => setText(query), [query]);
  const openId = useSelected(here, (location) => location.query.get('contact') ?? '');
  const setSearch = (text: string) => {
    setText(text);
    goTo({search: text, contact: ''});
  };
  const open = (id: Id) => goTo({search, contact: id});
  const close = () => goTo({search, contact: ''});
  const [{selected, isCut}, setSelection] = useState(kNobody);
  const choose = (make: (before: Selected) => Iterable<readonly [Id, Contact]>) => setSelection((before) => {
    const all = [...make(before.selected)];
    return {selected: new Map(all.slice(0, kMostContacts)), isCut: all.length > kMostContacts};
  });
  const [opened, setOpened] = useState<Opened>(null);
  const [isSelecting, setSelecting] = useState(false);
  const wanted = useRested(search.trim());
  const load = (limit: number) => (cursor: string, signal?: AbortSignal) => contacts.list({limit, cursor, search: wanted}, signal);
  const pages = usePages(`contacts ${wanted}`, load(200), {on: ['queue'], everyMs: 3000});
  const {rows} = pages;

  const selectAll = async () => {
    setSelecting(true);
    await allRows(load(1000), kMostContacts + 1).then(
      (found) => choose((before) => new Map([...before, ...found.map((contact) => [contact.id, contact] as const)])),
      (error: unknown) => failed(error, 'They could not be selected'));
    setSelecting(false);
  };
  const select = (ids: ReadonlySet<Id>) => {
    const shown = new Set(rows.map(({id}) => id));
    choose((before) => [...[...before].filter(([id]) => !shown.has(id)),
                    ...rows.filter(({id}) => ids.has(id)).map((contact) => [contact.id, contact] as const)]);
  };
  const forget = (id: Id) => choose((before) => [...before].filter(([other]) => other !== id));

  return (
    <>
      <ScreenHead title="Contacts">
        <SearchField label="Search contacts by name or number" placeholder="Name or number" value={search} onChange={setSearch} />
        <Button icon="plus" kind={selected.size === 0 ? 'primary' : 'plain'} onClick={() => setOpened({name: 'new'})}>New contact</Button>
      </ScreenHead>
      <div class="form-stack">
        {(rows.length > 0 || selected.size > 0) && (
          <SelectionBar count={selected.size} busy={isSelecting} onSelectAll={() => void selectAll()} onClear={() => setSelection(kNobody)}
                        note={isCut ? kFirstOnly : undefined}
                        more={rows.length > 0 && (!pages.isComplete || rows.some(({id}) => !selected.has(id)))}>
            <Button icon="phone" kind={selected.size > 0 ? 'primary' : 'plain'} disabled={selected.size === 0}
                    onClick={() => setOpened({name: 'call'})}>
              {selected.size === 0 ? 'Call them' : `Call ${counted(selected.size, 'contact')}`}
            </Button>
          </SelectionBar>
        )}
        {pages.error && rows.length === 0 ? <Failed error={pages.error} onRetry={pages.reload} />
          : pages.isLoading ? <Skeleton lines={6} />
          : rows.length === 0 ? <Nobody search={wanted} onAdd={() => setOpened({name: 'new'})} />
          : <Table caption="Contacts" columns={kColumns} rows={rows} rowKey={({id}) => id} onRange={pages.onRange}
                   onOpen={({id}) => open(id)}
                   selection={{selected: new Set(selected.keys()), onChange: select, label: (contact) => `Select ${nameOf(contact)}`}} />}
      </div>
      {opened?.name === 'new' && (
        <ContactDialog onClose={() => setOpened(null)} onSaved={(contact) => {
          // At the end of a long list nobody would see it.
          if (!pages.isComplete) setSearch(contact.phone_number);
          pages.reload();
        }} />
      )}
      {openId && (
        <OpenedContact key={openId} id={openId} listed={rows.find(({id}) => id === openId)} onClose={close}
                       onCall={(contact) => {
                         close();
                         setOpened({name: 'direct', contact});
                       }}
                       onSaved={(contact) => {
                         setSelection((before) => (before.selected.has(contact.id)
                           ? {...before, selected: new Map(before.selected).set(contact.id, contact)} : before));
                         pages.reload();
                       }}
                       onDeleted={(id) => {
                         forget(id);
                         pages.reload();
                       }} />
      )}
      {opened?.name === 'direct' && <DirectCallDialog contact={opened.contact} onClose={() => setOpened(null)} />}
      {opened?.name === 'call' && (
        <BulkCallDialog contacts={[...selected.values()]} isCut={isCut} onClose={() => setOpened(null)} onQueued={() => setSelection(kNobody)} />
      )}
    </>
  );
}

/** What is shown stands in the address. */
function goTo(shown: {search: string; contact: Id}): void {
  const query = new URLSearchParams(Object.entries(shown).filter(([, value]) => value !== ''));
  go(`/contacts${String(query) && '?'}${query}`, {replace: true, isSame: true});
}

export const nameOf = (contact: Contact): string => contact.name ?? phone(contact.phone_number);

const kColumns: readonly Column<Contact>[] = [
  {key: 'name', title: 'Name', cell: (contact) => <Who name={contact.name} number={contact.phone_number} />},
  {key: 'phone', title: 'Number', cell: (contact) => phone(contact.phone_number), width: kNumberWidth, wide: true},
  {key: 'company', title: 'Company', cell: (contact) => contact.company ?? '', wide: true},
  {key: 'email', title: 'E-mail', cell: (contact) => contact.email ?? '', wide: true},
  {key: 'timezone', title: 'Time zone', cell: (contact) => contact.timezone && <span title={contact.timezone}>{placeOf(contact.timezone)}</span>,
   width: '150px', wide: true},
];

function Nobody({search, onAdd}: {search: string; onAdd: () => void}) {
  if (search) return <Empty icon="search" title="Nobody found">Try a part of the name, or digits of the number.</Empty>;
  return (
    <Empty icon="contacts" title="Your first contacts"
           actions={<>
             <ButtonLink kind="primary" icon="upload" href={href('/campaigns/new')}>Upload a list</ButtonLink>
             <Button icon="plus" onClick={onAdd}>Add one by hand</Button>
           </>}>
      They come with the first list that you upload, or one at a time. Select some of them here to call them.
    </Empty>
  );
}
