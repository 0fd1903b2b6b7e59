import type {Id} from '../../api/types';
import type {Draft} from '../../campaign_form/draft';
import {Choice} from '../../components/field';
import {ContactPicker} from '../../lists/contact_picker';
import {FileField, type FileState, noFile} from '../../lists/file_field';

export type AudienceState =
  | ({kind: 'file'} & FileState)
  | {kind: 'contacts'; ids: Set<Id>};

/** @param from `contacts:ID,ID…`, where they were chosen elsewhere. */
export function noAudience(from: string | null): AudienceState {
  if (from?.startsWith('contacts')) return {kind: 'contacts', ids: new Set(from.split(':')[1]?.split(',').filter(Boolean))};
  return {kind: 'file', ...noFile};
}

export const countOf = (state: AudienceState): number => (state.kind === 'file' ? state.rows : state.ids.size);

/** Who is to be called. */
export function Audience({state, draft, error, onChange}: {
  state: AudienceState;
  draft: Draft;
  error: string | undefined;
  onChange: (state: AudienceState) => void;
}) {
  return (
    <section class="form-section" aria-labelledby="audience">
      <h2 id="audience">Who is called</h2>
      <Choice name="audience" legend="The list" value={state.kind}
              onChange={(kind) => onChange(kind === 'file' ? noAudience(null) : {kind: 'contacts', ids: new Set()})}
              options={[
                {value: 'file', label: 'Upload a file', hint: 'A spreadsheet, saved as CSV.'},
                {value: 'contacts', label: 'Choose contacts', hint: 'Among those that you have.'},
              ]} />
      {state.kind === 'file'
        ? <FileField state={state} draft={draft} error={error} onChange={(file) => onChange({kind: 'file', ...file})} />
        : <>
            <ContactPicker selected={state.ids} onChange={(ids) => onChange({kind: 'contacts', ids})} />
            {error && <p class="field-error" role="alert">{error}</p>}
          </>}
    </section>
  );
}
