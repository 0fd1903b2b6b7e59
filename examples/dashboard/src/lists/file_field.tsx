import {useEffect, useRef, useState} from 'preact/hooks';
import {download, Refusal} from '../api/client';
import type {Preview} from '../api/types';
import {type Into, kPreviewBytes, previewFile} from '../api/upload';
import {Button} from '../components/button';
import {Skeleton} from '../components/empty';
import {Field} from '../components/field';
import {failed} from '../components/toast';
import {link} from '../live/live';
import {useSelected} from '../store/signal';
import {useRested} from './contact_picker';
import {DropZone} from './drop_zone';
import {PreviewCard} from './preview';

export interface FileState {
  file: File | null;
  /** For national numbers; as it was typed. */
  region: string;
  /** How many can be called: once it was looked at, and of a large file about. */
  rows: number;
  isAbout: boolean;
  /** Why nobody of the file can be called, or it is not known yet. */
  problem: string;
}

export const noFile: FileState = {file: null, region: '', rows: 0, isAbout: false, problem: ''};

const kLooking = 'The file is still being looked at. It takes a moment.';
const kNoConnection = 'The file could not be looked at: there is no connection. It is tried again by itself.';
const kUnknownCountry = 'There is no country with this code. Write two letters, such as US or DE.';

/** A file with a list, and how it is understood. */
export function FileField({state, error, into, onChange}: {
  state: FileState;
  error: string | undefined;
  into?: Into;
  onChange: (state: FileState) => void;
}) {
  const {file, region, problem} = state;
  const [preview, setPreview] = useState<(Preview & {isWhole: boolean}) | null>(null);
  const [isCountryWrong, setCountryWrong] = useState(false);
  const [tries, setTries] = useState(0);
  const linkState = useSelected(link, (now) => now.state);
  const latest = useRef(state);
  latest.current = state;
  const rested = useRested(region.trim().toUpperCase());
  const become = (part: Partial<FileState>) => onChange({...latest.current, ...part});
  useEffect(() => {
    setPreview(null);
    setCountryWrong(false);
    if (!file) return;
    const abort = new AbortController();
    previewFile(file, rested, into, abort.signal).then((read) => {
      setPreview(read);
      become(found(read, file));
    }, (failure: unknown) => {
      if (abort.signal.aborted) return;
      const isCountry = failure instanceof Refusal && (failure.field === 'default_region' || /default region/.test(failure.message));
      setCountryWrong(isCountry);
      become({rows: 0, isAbout: false, problem: isCountry ? 'Mend the country of national numbers first.' : problemOf(failure, file)});
    });
    return () => abort.abort();
  }, [file, rested, into?.campaignId, into?.again, tries]);
  useEffect(() => {
    if (linkState === 'live' && problem === kNoConnection) setTries((n) => n + 1);
  }, [linkState]);
  const isLooking = file !== null && problem === kLooking;
  const wrong = error ?? (file && !preview && !isLooking && !isCountryWrong ? problem : '');
  return (
    <div class="form-stack">
      <DropZone file={file} error={wrong || undefined}
                onFile={(chosen) => onChange({...state, file: chosen, rows: 0, isAbout: false, problem: kLooking})} />
      {wrong && <p class="field-error" role="alert">{wrong}</p>}
      <p class="hint templates">
        A file to fill in: <Template kind="basic" /> or <Template kind="advanced" />
      </p>
      <Field label="Country of national numbers" optional error={isCountryWrong ? kUnknownCountry : undefined}
             hint="Two letters, such as US or DE. Numbers that begin with + need none.">
        {(input) => <input {...input} class="input-short" value={region} maxLength={2} autoComplete="off"
                           onInput={(event) => onChange({...state, region: event.currentTarget.value})} />}
      </Field>
      {file && !preview && isLooking && <Skeleton lines={2} />}
      {preview && <PreviewCard preview={preview} isWhole={preview.isWhole} isAddition={into !== undefined} />}
    </div>
  );
}

function problemOf(failure: unknown, file: File): string {
  if (!(failure instanceof Refusal)) return kNoConnection;
  return file.type.startsWith('image/') ? 'This is a picture, not a list. Choose a spreadsheet that was saved as CSV.' : failure.message;
}

/** Of a file of which only the beginning was read: about how many, to two digits. */
function found(preview: Preview & {isWhole: boolean}, file: File): Pick<FileState, 'rows' | 'isAbout' | 'problem'> {
  const {imported: usable, failed: wrong, total} = preview.report;
  const problem = usable > 0 ? '' : total === 0 ? 'The file has no rows below its header.'
    : wrong === 0 ? 'Everybody in this file is on the list already.' : 'Nobody in this file can be called: see below what is wrong.';
  if (preview.isWhole) return {rows: usable, isAbout: false, problem};
  return {rows: Number((usable * file.size / kPreviewBytes).toPrecision(2)), isAbout: true, problem};
}

function Template({kind}: {kind: 'basic' | 'advanced'}) {
  return (
    <Button kind="quiet" small icon="download" onClick={() => {
      download('/api/campaigns/csv-template', `call-campaign-${kind}-template.csv`, {kind}).catch((error: unknown) => failed(error));
    }}>{kind === 'basic' ? 'basic template' : 'advanced template'}</Button>
  );
}
