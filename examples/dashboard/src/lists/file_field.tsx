import {useEffect, useRef, useState} from 'preact/hooks';
import {download, Refusal} from '../api/client';
import type {Preview} from '../api/types';
import {kPreviewBytes, previewFile} from '../api/upload';
import {Button} from '../components/button';
import {Skeleton} from '../components/empty';
import {Field} from '../components/field';
import {failed} from '../components/toast';
import {useRested} from './contact_picker';
import {DropZone} from './drop_zone';
import {PreviewCard} from './preview';

export interface FileState {
  file: File | null;
  /** For national numbers; as it was typed. */
  region: string;
  /** How many can be called: once it was looked at, and of a large file about. */
  rows: number;
}

export const noFile: FileState = {file: null, region: '', rows: 0};

/** A file with a list, and how it is understood. */
export function FileField({state, error, onChange}: {state: FileState; error: string | undefined; onChange: (state: FileState) => void}) {
  const {file, region} = state;
  const [preview, setPreview] = useState<(Preview & {isWhole: boolean}) | null>(null);
  const [refused, setRefused] = useState('');
  const latest = useRef(state);
  latest.current = state;
  const rested = useRested(region.trim().toUpperCase());
  useEffect(() => {
    setPreview(null);
    setRefused('');
    if (!file) return;
    const abort = new AbortController();
    previewFile(file, rested, abort.signal).then((read) => {
      setPreview(read);
      onChange({...latest.current, rows: rowsOf(read, file)});
    }, (failure: unknown) => {
      if (abort.signal.aborted) return;
      if (failure instanceof Refusal) setRefused(failure.message);
      else failed(failure, 'The file could not be looked at');
    });
    return () => abort.abort();
  }, [file, rested]);
  const wrong = refused || error;
  return (
    <div class="form-stack">
      <DropZone file={file} error={wrong} onFile={(chosen) => onChange({...state, file: chosen, rows: 0})} />
      {wrong && <p class="field-error" role="alert">{wrong}</p>}
      <p class="hint templates">
        A file to fill in: <Template kind="basic" /> or <Template kind="advanced" />
      </p>
      <Field label="Country of national numbers" optional hint="Two letters, such as US or DE. Numbers that begin with + need none.">
        {(input) => <input {...input} class="input-short" value={region} maxLength={2} autoComplete="off"
                           onInput={(event) => onChange({...state, region: event.currentTarget.value})} />}
      </Field>
      {file && !preview && !refused && <Skeleton lines={2} />}
      {preview && <PreviewCard preview={preview} isWhole={preview.isWhole} />}
    </div>
  );
}

/** Of a file of which only the beginning was read: about. */
function rowsOf(preview: Preview & {isWhole: boolean}, file: File): number {
  const usable = preview.report.imported + preview.report.matched;
  return preview.isWhole ? usable : Math.round(usable * file.size / kPreviewBytes);
}

function Template({kind}: {kind: 'basic' | 'advanced'}) {
  return (
    <Button kind="quiet" small icon="download" onClick={() => {
      download('/api/campaigns/csv-template', `call-campaign-${kind}-template.csv`, {kind}).catch((error: unknown) => failed(error));
    }}>{kind === 'basic' ? 'basic template' : 'advanced template'}</Button>
  );
}
