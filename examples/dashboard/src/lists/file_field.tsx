import {useEffect, useRef, useState} from 'preact/hooks';
import {download, Refusal} from '../api/client';
import type {Preview} from '../api/types';
import {type Into, kPreviewBytes, previewFile} from '../api/upload';
import type {Draft} from '../campaign_form/draft';
import {Button} from '../components/button';
import {Skeleton} from '../components/empty';
import {CountryField} from '../components/country_field';
import {failed} from '../components/toast';
import {countryOf, isNoCountry, kNoCountry} from '../countries';
import {link} from '../live/live';
import {useSelected} from '../store/signal';
import {DropZone} from './drop_zone';
import {PreviewCard, zonesOf} from './preview';

export interface FileState {
  file: File | null;
  /** For national numbers; as it was typed. */
  region: string;
  /** How many can be called: once it was looked at, and of a large file about. */
  rows: number;
  isAbout: boolean;
  /** Of the first rows. */
  zones: string[];
  /** Why nobody of the file can be called, or it is not known yet. */
  problem: string;
}

export const noFile: FileState = {file: null, region: '', rows: 0, isAbout: false, zones: [], problem: ''};

const kLooking = 'The file is still being looked at. It takes a moment.';
const kNoConnection = 'The file could not be looked at: there is no connection. It is tried again by itself.';
const kMendCountry = 'Mend the country of national numbers first.';
const kRest = 250;

/** A file with a list, and how it is understood. */
export function FileField({state, draft, isCalling, error, into, onChange}: {
  state: FileState;
  /** Of the campaign that it is for. */
  draft: Draft;
  isCalling?: boolean;
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
  const code = countryOf(region) ?? '';
  const isNone = isNoCountry(region);
  const become = (part: Partial<FileState>) => onChange({...latest.current, ...part});
  useEffect(() => {
    setPreview(null);
    setCountryWrong(false);
    if (!file || isNone) return;
    const abort = new AbortController();
    // Not while a country is written.
    const timer = window.setTimeout(() => previewFile(file, code, into, abort.signal).then((read) => {
      setPreview(read);
      become(found(read, file));
    }, (failure: unknown) => {
      if (abort.signal.aborted) return;
      const isCountry = failure instanceof Refusal && (failure.field === 'default_region' || /default region/.test(failure.message));
      setCountryWrong(isCountry);
      become({rows: 0, isAbout: false, problem: isCountry ? kMendCountry : problemOf(failure, file)});
    }), kRest);
    return () => {
      window.clearTimeout(timer);
      abort.abort();
    };
  }, [file, code, isNone, into?.campaignId, into?.again, tries]);
  useEffect(() => {
    if (linkState === 'live' && problem === kNoConnection) setTries((n) => n + 1);
  }, [linkState]);
  const isLooking = file !== null && problem === kLooking;
  const wrong = error ?? (file && !preview && !isLooking && !isCountryWrong && !isNone ? problem : '');
  return (
    <div class="form-stack">
      <DropZone file={file} error={wrong || undefined}
                onFile={(chosen) => onChange({...state, file: chosen, ...notRead(region)})} />
      {wrong && <p class="field-error" role="alert">{wrong}</p>}
      <p class="hint templates">
        A file to fill in: <Template kind="basic" /> or <Template kind="advanced" />
      </p>
      <CountryField key="country" label="Country of national numbers" optional error={isCountryWrong ? kNoCountry : undefined}
                    hint="Such as Denmark or DK. Numbers that begin with + need none."
                    text={region} onChange={(text) => onChange({...state, region: text, ...(isSame(text, region) ? {} : notRead(text))})} />
      {file && !preview && isLooking && <Skeleton lines={2} />}
      {preview && <PreviewCard preview={preview} isWhole={preview.isWhole} isAddition={into !== undefined} draft={draft} isCalling={isCalling} />}
    </div>
  );
}

/** Whether two texts mean the same country. */
const isSame = (one: string, other: string): boolean => countryOf(one) === countryOf(other) && isNoCountry(one) === isNoCountry(other);

/** Before it is known who is in a file that is read with this country. */
const notRead = (region: string): Pick<FileState, 'rows' | 'isAbout' | 'zones' | 'problem'> =>
  ({rows: 0, isAbout: false, zones: [], problem: isNoCountry(region) ? kMendCountry : kLooking});

function problemOf(failure: unknown, file: File): string {
  if (!(failure instanceof Refusal)) return kNoConnection;
  return file.type.startsWith('image/') ? 'This is a picture, not a list. Choose a spreadsheet that was saved as CSV.' : failure.message;
}

/** Of a file of which only the beginning was read: about how many, to two digits. */
function found(preview: Preview & {isWhole: boolean}, file: File): Pick<FileState, 'rows' | 'isAbout' | 'zones' | 'problem'> {
  const {imported: usable, failed: wrong, total} = preview.report;
  const problem = usable > 0 ? '' : total === 0 ? 'The file has no rows below its header.'
    : wrong === 0 ? 'Everybody in this file is on the list already.' : 'Nobody in this file can be called: see below what is wrong.';
  const zones = zonesOf(preview);
  if (preview.isWhole) return {rows: usable, isAbout: false, zones, problem};
  return {rows: Number((usable * file.size / kPreviewBytes).toPrecision(2)), isAbout: true, zones, problem};
}

function Template({kind}: {kind: 'basic' | 'advanced'}) {
  return (
    <Button kind="quiet" small icon="download" onClick={() => {
      download('/api/campaigns/csv-template', `call-campaign-${kind}-template.csv`, {kind}).catch((error: unknown) => failed(error));
    }}>{kind === 'basic' ? 'basic template' : 'advanced template'}</Button>
  );
}
